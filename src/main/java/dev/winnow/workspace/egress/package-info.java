/** Guarded ways out: which addresses may be reached, and proxies that let nothing else through. */
@NullMarked
package dev.winnow.workspace.egress;

import org.jspecify.annotations.NullMarked;
