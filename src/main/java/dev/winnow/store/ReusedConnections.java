package dev.winnow.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A few connections for a library that wants a data source: closing one keeps it for the next time.
 * They are apart from the pool of {@link Database}, so that heartbeats do not queue behind work.
 */
final class ReusedConnections extends PooledSource implements AutoCloseable {

  private final IdleConnections idle = new IdleConnections();

  ReusedConnections(ConnectionSource source) {
    super(source);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection kept = idle.take();
    return reusable(kept == null ? source().connectForWork() : kept);
  }

  private Connection reusable(Connection connection) {
    AtomicBoolean open = new AtomicBoolean(true);
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "close" -> {
                  if (open.getAndSet(false)) {
                    giveBack(connection);
                  }
                  return null;
                }
                case "isClosed" -> {
                  return !open.get() || connection.isClosed();
                }
                default -> {
                  try {
                    return method.invoke(connection, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause() == null ? e : e.getCause();
                  }
                }
              }
            });
  }

  private void giveBack(Connection connection) {
    try {
      if (connection.isClosed()) {
        return;
      }
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      idle.put(connection);
    } catch (SQLException e) {
      IdleConnections.close(connection);
    }
  }

  @Override
  public void close() {
    idle.shut();
  }
}
