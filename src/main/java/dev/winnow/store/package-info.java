/** PostgreSQL: the embedded server, the pool, migrations. No domain SQL. */
@NullMarked
package dev.winnow.store;

import org.jspecify.annotations.NullMarked;
