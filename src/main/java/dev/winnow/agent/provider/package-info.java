/**
 * The models of the providers: OpenAI Responses and Anthropic Messages. The official SDKs build and
 * address the requests; connections, time limits, the stream, retries and the rate limiter are
 * Winnow's own and the same for both.
 */
@NullMarked
package dev.winnow.agent.provider;

import org.jspecify.annotations.NullMarked;
