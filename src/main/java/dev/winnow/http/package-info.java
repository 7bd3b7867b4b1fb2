/**
 * The server: REST, events, chat and the page in the browser. Everything goes through the same use
 * cases as the command line; this package only knows who may ask, and how it is asked and answered.
 */
@NullMarked
package dev.winnow.http;

import org.jspecify.annotations.NullMarked;
