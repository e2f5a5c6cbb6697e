import NIOCore
import NIOHTTP1

/// Stands between the HTTP codec and the routes: keeps the limits of size, time and number, decides which connection
/// lives on after an answer, and answers by itself what is not a proper request.
///
/// It works with a second, smaller handler before the codec (`ArrivalHandler`), which tells of bytes that are no request
/// yet and through which it can answer whatever state the codec is in.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: ListenerConnection
    private let registry: ConnectionRegistry
    private let log: AccessLog
    private let times: ConnectionMachine.Times
    private var machine: ConnectionMachine
    private var context: ChannelHandlerContext?
    /// Before the codec.
    var front: ChannelHandlerContext?

    // The present request
    private var keepsAlive = true
    private var isOldProtocol = false
    private var isRequestComplete = true
    private var isAnswerBegun = false
    private var closesAfterAnswer = false
    private var isReading = false
    /// Whether there was room for one more connection.
    private var hasRoom = true

    init(
        connection: ListenerConnection, registry: ConnectionRegistry, log: AccessLog, times: ConnectionMachine.Times
    ) {
        self.connection = connection
        self.registry = registry
        self.log = log
        self.times = times
        self.machine = ConnectionMachine(times: times, now: .now())
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        hasRoom = registry.opened(connection, now: .now()) {
            this.eventLoop.execute { this.value.giveWay() }
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        // Not before: on a busy machine it takes a while until a connection that was accepted is active.
        scheduleTick(context)
        context.fireChannelActive()
        if !hasRoom { refuse(.tooManyConnections) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        registry.closed(connection.number)
        connection.interrupt()
        context.fireChannelInactive()
    }

    private func scheduleTick(_ context: ChannelHandlerContext) {
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: times.tick) { this.value.tick() }
    }

    private func tick() {
        guard let context, context.channel.isActive else { return }
        switch machine.timePassed(now: .now(), isReading: isReading) {
        case .nothing: scheduleTick(context)
        case .close: context.close(promise: nil)
        case .refuseAsTooSlow:
            refuse(.tooSlow)
            scheduleTick(context)
        }
    }

    // MARK: Inbound

    var isLingering: Bool { machine.isLingering }

    func bytesArrived() {
        guard case .idle = machine.phase else { return }
        let now = NIODeadline.now()
        machine.bytesArrived(now: now)
        registry.requestBegan(connection.number, now: now)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if machine.isLingering { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            let now = NIODeadline.now()
            // A request that came together with the one before it begins here.
            if case .idle = machine.phase { registry.requestBegan(connection.number, now: now) }
            let isOlder = head.version != .http1_1
            machine.headerArrived(
                announcedBytes: head.headers.first(name: "content-length").flatMap { Int($0) },
                awaitsPermission: !isOlder && RequestBody.awaitsPermission(head), now: now)
            guard Self.isTransferPlain(head.headers) else { return refuse(.unknownTransferCoding) }
            isOldProtocol = head.version == .http1_0
            // After a request to change the protocol the decoder reads no further.
            keepsAlive = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
            isRequestComplete = false
            isAnswerBegun = false
        case .body(let bytes):
            machine.bodyArrived(bytes.readableBytes, now: .now())
        case .end:
            isRequestComplete = true
            machine.requestEnded()
        }
        context.fireChannelRead(data)
    }

    /// Of the transfer codings only chunked is known.
    private static func isTransferPlain(_ headers: HTTPHeaders) -> Bool {
        headers["transfer-encoding"].allSatisfy { $0[...].trimmingSpaces.lowercased() == "chunked" }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReading = true
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        machine.writabilityChanged(context.channel.isWritable, now: .now())
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            closesAfterAnswer = true
            connection.interrupt()
            if case .idle = machine.phase {
                // It may come out of the codec within the write of the last answer.
                context.flush()
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if machine.isLingering { return }
        // Bytes that follow a fault, which is told in its turn: the answers before it come first.
        if case ByteToMessageDecoderError.dataReceivedInErrorState = error { return }
        guard let error = error as? HTTPParserError else {
            connection.interrupt()
            context.fireErrorCaught(error)
            context.close(promise: nil)
            return
        }
        refuse(error == .headerOverflow ? .headerTooLarge : .malformedRequest)
    }

    // MARK: Outbound

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if machine.isLingering {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status != .continue:
            isAnswerBegun = true
            if !keepsAlive || !isRequestComplete || Self.endsConnection(head.status) { closesAfterAnswer = true }
            if closesAfterAnswer {
                head.headers.remove(name: "Keep-Alive")
                head.headers.replaceOrAdd(name: "Connection", value: "close")
                context.write(wrapOutboundOut(.head(head)), promise: promise)
            } else if isOldProtocol {
                head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
                context.write(wrapOutboundOut(.head(head)), promise: promise)
            } else {
                context.write(data, promise: promise)
            }
        case .head:
            machine.permitted(now: .now())
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            isAnswerBegun = false
            if closesAfterAnswer {
                let written = promise ?? context.eventLoop.makePromise()
                let this = NIOLoopBound(self, eventLoop: context.eventLoop)
                written.futureResult.whenComplete { _ in this.value.hangUp() }
                let mayLinger = registry.closing(connection.number)
                machine.lingers(now: mayLinger ? .now() : .distantPast)
                context.writeAndFlush(data, promise: written)
            } else {
                // The next request may come out of the codec within the write.
                let now = NIODeadline.now()
                machine.answered(now: now)
                registry.answered(connection.number, now: now)
                context.write(data, promise: promise)
            }
        }
    }

    /// Whether a client that is answered so should rather come back on a new connection than continue.
    private static func endsConnection(_ status: HTTPResponseStatus) -> Bool {
        switch status {
        case .payloadTooLarge, .requestTimeout, .requestHeaderFieldsTooLarge, .serviceUnavailable: true
        default: false
        }
    }

    // MARK: Ends

    /// Another client needs the place.
    private func giveWay() {
        guard let context, !machine.isLingering else { return }
        guard context.channel.isActive else {
            hasRoom = false
            return
        }
        if case .idle = machine.phase {
            log.gaveWay(client: connection.client)
            context.close(promise: nil)
        } else {
            refuse(.tooSlow)
        }
    }

    private func refuse(_ refusal: ConnectionRefusal) {
        guard let context, let front, !machine.isLingering else { return }
        let mayLinger = registry.closing(connection.number)
        machine.lingers(now: mayLinger ? .now() : .distantPast)
        if isAnswerBegun {
            context.close(promise: nil)
        } else {
            log.refused(refusal, client: connection.client)
            let written = context.eventLoop.makePromise(of: Void.self)
            let this = NIOLoopBound(self, eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in this.value.hangUp() }
            let answer = refusal.encoded(allocator: context.channel.allocator)
            front.writeAndFlush(NIOAny(answer), promise: written)
        }
        connection.interrupt()
        context.fireErrorCaught(RequestAborted())
    }

    /// The last answer is written. Closing immediately would cut it off if the client is still sending, so the rest of
    /// the input is read and dropped until the client hangs up, for a while.
    private func hangUp() {
        guard let context, let front, context.channel.isActive else { return }
        if case .lingering(let end) = machine.phase, end > .now() {
            front.close(mode: .output, promise: nil)
            front.read()
        } else {
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension RequestGuard: Sendable {}
