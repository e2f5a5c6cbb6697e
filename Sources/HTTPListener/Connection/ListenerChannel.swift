import EventLoopTasks
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Sets up the connections that the server accepts, and carries their requests to the routes, one after the other.
struct ListenerChannel: ServerChildChannel {
    typealias Parts = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    struct Value: ServerChildChannelValue {
        let parts: Parts
        let connection: ListenerConnection
        var channel: any Channel { parts.channel }
    }

    private let responder: ListenerResponder
    private let registry: ConnectionRegistry
    private let log: AccessLog
    private let limits: ListenerLimits
    private let identity: @Sendable () -> TLSIdentity?
    /// Whether clients are users of this machine, who are asked who they are.
    private let isControl: Bool
    private let executors: [ObjectIdentifier: EventLoopTaskExecutor]
    private let connectionNumbers = ConnectionNumbers()
    /// How long a connection may be idle, for clients that reuse it.
    private let keepAlive: String

    init(
        responder: ListenerResponder, registry: ConnectionRegistry, log: AccessLog, limits: ListenerLimits,
        identity: @escaping @Sendable () -> TLSIdentity?, isControl: Bool = false,
        eventLoopGroup: any EventLoopGroup
    ) {
        self.isControl = isControl
        self.identity = identity
        self.responder = responder
        self.registry = registry
        self.log = log
        self.limits = limits
        keepAlive = "timeout=\(limits.idleTimeout.components.seconds)"
        self.executors = Dictionary(
            eventLoopGroup.makeIterator().map { (ObjectIdentifier($0), EventLoopTaskExecutor($0)) },
            uniquingKeysWith: { first, _ in first })
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        if isControl {
            let connection = PeerUser.of(channel).flatMapThrowing { try setup(channel, client: $0.admitted()) }
            // A server that stops waits for every connection that it accepted.
            connection.whenFailure { _ in channel.close(promise: nil) }
            return connection
        }
        return channel.eventLoop.makeCompletedFuture {
            try setup(channel, client: channel.remoteAddress?.ipAddress ?? "unknown")
        }
    }

    private func setup(_ channel: any Channel, client: String) throws -> Value {
        let connection = ListenerConnection(
            number: connectionNumbers.next(), client: client, eventLoop: channel.eventLoop)
        let guardian = RequestGuard(
            connection: connection, registry: registry, log: log, times: ConnectionMachine.Times(limits))
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerFields
        let pipeline = channel.pipeline.syncOperations
        if let identity = identity() { try pipeline.addHandler(identity.makeHandler()) }
        try pipeline.addHandler(ArrivalHandler(guardian))
        // Nothing that a client sent stands in a header of ours, so those need no validation.
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
        try pipeline.addHandler(guardian)
        return Value(
            parts: try Parts(wrappingChannelSynchronously: channel, configuration: .init()),
            connection: connection)
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(executors[ObjectIdentifier(value.channel.eventLoop)]) {
            await withTaskCancellationHandler {
                do {
                    try await value.parts.executeThenClose { inbound, outbound in
                        do {
                            try await serve(value, inbound, outbound)
                        } catch {
                            // The guard has answered, or nobody is there to answer; it closes the connection.
                        }
                        try await value.channel.closeFuture.get()
                    }
                } catch {
                    logger.trace("Connection ended", metadata: ["error": "\(error)"])
                }
            } onCancel: {
                value.channel.close(promise: nil)
            }
        }
    }

    private func serve(
        _ value: Value,
        _ inbound: NIOAsyncChannelInboundStream<HTTPServerRequestPart>,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        let connection = value.connection
        var parts = inbound.makeAsyncIterator()
        while let part = try await parts.next() {
            guard case .head(let head) = part else { continue }
            var body = RequestBody(parts: parts, head: head, outbound: outbound)
            let answer = try await responder.answer(head, body: &body, connection: connection)
            parts = body.parts

            var headers = answer.headers
            headers.add(name: "Content-Length", value: String(answer.file?.length ?? answer.body.readableBytes))
            headers.add(name: "Date", value: HTTPDate.now())
            headers.add(name: "Keep-Alive", value: keepAlive)
            let answerHead = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
            if let file = answer.file {
                if head.method == .HEAD {
                    file.close()
                    try await outbound.write(contentsOf: [.head(answerHead), .end(nil)])
                } else {
                    registry.leave(connection.number)
                    try await outbound.write(.head(answerHead))
                    do {
                        try await file.read { try await outbound.write(.body(.byteBuffer($0))) }
                    } catch {
                        // Less was sent than was announced: only the end of the connection says so.
                        value.channel.close(promise: nil)
                        throw error
                    }
                    try await outbound.write(.end(nil))
                }
            } else if head.method == .HEAD || answer.body.readableBytes == 0 {
                try await outbound.write(contentsOf: [.head(answerHead), .end(nil)])
            } else {
                try await outbound.write(contentsOf: [.head(answerHead), .body(.byteBuffer(answer.body)), .end(nil)])
            }
        }
    }
}

extension ConnectionMachine.Times {
    init(_ limits: ListenerLimits) {
        self.init(
            header: TimeAmount(limits.headerTimeout), idle: TimeAmount(limits.idleTimeout),
            bodyWindow: TimeAmount(limits.bodyWindow), bodyRate: limits.bodyRate,
            body: TimeAmount(limits.bodyTimeout), bodyTimeRate: limits.bodyTimeoutRate,
            answer: TimeAmount(limits.answerTimeout), linger: TimeAmount(limits.lingerTimeout))
    }
}

/// Numbers the connections of a listener.
private final class ConnectionNumbers: Sendable {
    private let last = Atomic(0)

    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}
