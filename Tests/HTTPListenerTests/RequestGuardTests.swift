import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPListener

@Suite("A connection that is slow to become active")
struct RequestGuardTests {
    private static func channel(_ limits: ListenerLimits) throws -> (EmbeddedChannel, ConnectionRegistry) {
        let channel = EmbeddedChannel()
        let registry = ConnectionRegistry(limits: limits, proxies: try ProxyPolicy())
        let statistics = ListenerStatistics()
        let guardian = RequestGuard(
            connection: ListenerConnection(number: 1, client: "192.0.2.1", eventLoop: channel.eventLoop),
            registry: registry, log: AccessLog(statistics: statistics, logger: Logger(label: "test")),
            times: ConnectionMachine.Times(limits))
        try channel.pipeline.syncOperations.addHandlers([ArrivalHandler(guardian), guardian])
        return (channel, registry)
    }

    @Test("keeps its time limits")
    func timesOut() throws {
        var limits = ListenerLimits()
        limits.idleTimeout = .zero
        let (channel, _) = try Self.channel(limits)
        // Longer than it takes until the time limits are looked at for the first time.
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.2", port: 80)).wait()
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    @Test("gives way to another as soon as it is")
    func givesWay() throws {
        var limits = ListenerLimits()
        limits.openConnections = 1
        limits.connectionGrace = .zero
        let (channel, registry) = try Self.channel(limits)
        let newer = ListenerConnection(number: 2, client: "192.0.2.3", eventLoop: channel.eventLoop)
        let isAdmitted = registry.opened(newer, now: .now()) {}
        #expect(isAdmitted)
        channel.embeddedEventLoop.run()
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.2", port: 80)).wait()
        let answer = try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        #expect(answer?.hasPrefix("HTTP/1.1 503 ") == true)
    }
}
