package dev.winnow.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.websocket.core.server.WebSocketServerComponents;
import org.jspecify.annotations.Nullable;

/** The chat: its WebSocket, and the conversations that are kept. */
final class ChatRoutes {

  static final String PATH = "/api/v1/ws/agent";

  private static final String SOCKET_WHO = "winnow.principal";
  private static final int LARGEST_MESSAGE = 256 * 1024;
  private static final int LARGEST_FRAME = 64 * 1024;

  record ConversationList(List<Conversations.Conversation> items, @Nullable String next) {}

  record TurnList(List<Conversations.Turn> items) {}

  private final ChatService chat;
  private final Conversations conversations;
  private final GuardRequests guard;
  private final Authenticate authenticate;
  private final RateLimit.Places places;
  private final Map<String, ChatSocket> sockets = new ConcurrentHashMap<>();
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();

  ChatRoutes(
      ChatService chat,
      Conversations conversations,
      GuardRequests guard,
      Authenticate authenticate,
      RateLimit.Places places) {
    this.chat = chat;
    this.conversations = conversations;
    this.guard = guard;
    this.authenticate = authenticate;
    this.places = places;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/conversations",
                "listConversations",
                "Conversations, the newest first.",
                this::list)
            .paged()
            .answers(200, "A page of conversations.", ConversationList.class),
        Route.get(
                "/api/v1/conversations/{id}",
                "getConversation",
                "What was said in a conversation.",
                this::get)
            .answers(200, "Its turns.", TurnList.class));
  }

  private Reply list(Request request) {
    int limit = request.limit();
    List<Conversations.Conversation> page =
        conversations.page(request.who().whose(), request.cursor(), limit + 1);
    boolean more = page.size() > limit;
    List<Conversations.Conversation> items = more ? page.subList(0, limit) : page;
    return Reply.json(new ConversationList(items, more ? items.getLast().id().toString() : null));
  }

  private Reply get(Request request) {
    return Reply.json(new TurnList(chat.turns(request.who(), request.id("id"), 0)));
  }

  void configure(JavalinConfig config) {
    AtomicReference<@Nullable ServletContextHandler> handler = new AtomicReference<>();
    config.jetty.modifyServletContextHandler(handler::set);
    config.jetty.modifyWebSocketServletFactory(factory -> {
      withoutCompression(Objects.requireNonNull(handler.get()));
      factory.setMaxTextMessageSize(LARGEST_MESSAGE);
      factory.setMaxBinaryMessageSize(LARGEST_FRAME);
      factory.setMaxFrameSize(LARGEST_FRAME);
      factory.setAutoFragment(false);
      factory.setIdleTimeout(Duration.ofMinutes(5));
      factory.setMaxOutgoingFrames(-1);
    });
    config.routes.wsBeforeUpgrade(this::upgrade);
    config.routes.ws(PATH, this::socket);
  }

  /** A small frame may unpack to a huge one, and each client would need a window of its own. */
  private static void withoutCompression(ServletContextHandler handler) {
    WebSocketServerComponents.getWebSocketComponents(handler)
        .getExtensionRegistry()
        .unregister("permessage-deflate");
  }

  /** Everything is decided before there is a WebSocket. */
  private void upgrade(Context context) {
    guard.check(context, true);
    Optional<Principal> who = authenticate.who(context);
    Principal known = who.orElseThrow(Authenticate::unknown);
    GuardRequests.requireOrigin(context, known);
    chat.countRequest(known);
    context.attribute(SOCKET_WHO, known);
  }

  private void socket(WsConfig ws) {
    ws.onConnect(context -> {
      Principal who = context.attribute(SOCKET_WHO);
      Connection connection = new Connection(context.session);
      if (who == null) {
        connection.close(Connection.NOT_LOGGED_IN, "Log in.");
        return;
      }
      if (!places.enter(who.name())) {
        connection.close(Connection.POLICY, "Too many connections of one user.");
        return;
      }
      context.enableAutomaticPings(30, java.util.concurrent.TimeUnit.SECONDS);
      ChatSocket socket = new ChatSocket(connection, who, chat);
      sockets.put(context.sessionId(), socket);
      connections.put(context.sessionId(), connection);
      socket.start();
    });
    ws.onMessage(context -> {
      ChatSocket socket = sockets.get(context.sessionId());
      if (socket != null) {
        socket.receive(context.message());
      }
    });
    ws.onBinaryMessage(
        context -> new Connection(context.session).close(Connection.UNACCEPTABLE, "Only text."));
    ws.onClose(this::gone);
    ws.onError(this::gone);
  }

  private void gone(WsContext context) {
    ChatSocket socket = sockets.remove(context.sessionId());
    connections.remove(context.sessionId());
    if (socket != null) {
      socket.end();
      Principal who = context.attribute(SOCKET_WHO);
      if (who != null) {
        places.leave(who.name());
      }
    }
  }

  /** Asks all clients to come back. */
  void stop() {
    connections
        .values()
        .forEach(one -> one.close(Connection.RESTART, "The server stops: come back and resume."));
  }
}
