/** Where a candidate's files are and where its commands run: mirror, snapshots, sandbox. */
@NullMarked
package dev.winnow.workspace;

import org.jspecify.annotations.NullMarked;
