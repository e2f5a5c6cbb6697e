import Foundation
import ShowAdsSandbox
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("A supervisor is told how the service stands", .program, .timeLimit(.minutes(20)))
struct SupervisorTests {
    @Test(
        "ready, watchdog, status, reloading and stopping arrive, at a path or an abstract name",
        arguments: [true, false])
    func messages(_ isAbstract: Bool) async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let name = isAbstract ? "@data-connector-\(UUID().uuidString)" : workspace.path + "/notify"
            let socket = try DatagramSocket(name)
            var program = Program(workspace, url: url)
            program.environment["NOTIFY_SOCKET"] = name
            program.environment["WATCHDOG_USEC"] = "100000"
            _ = try await program.listen(on: Program.freePort()) { program in
                await socket.until("READY=1")
                await socket.until("WATCHDOG=1")
                await socket.until("STATUS=Idle")
                program.process.signal(SIGHUP)
                await socket.until("RELOADING=1")
                program.process.signal(SIGTERM)
                await socket.until("STOPPING=1")
            }
        }
    }

    @Test("health is 0 while the service answers, and 1 when it doesn't")
    func health() async throws {
        try await withSandbox { _, url in
            let program = Program(try Workspace(), url: url)
            let port = Program.freePort()
            var asking = program
            asking.environment["LISTEN"] = String(port)
            let before = try await asking.run(["health"])
            #expect(before.status == 1)
            #expect(before.errors.contains("is not responding"), "\(before.errors)")
            _ = try await program.listen(on: port) { [asking] listening in
                let during = try await asking.run(["health"])
                #expect(during.status == 0, "\(during.errors)")
                // The service keeps the settings that it started with, so it is healthy.
                var misled = asking
                misled.environment["MIN_AGE"] = "young"
                #expect(try await misled.run(["health"]).status == 0)
                listening.process.signal(SIGTERM)
            }
        }
    }

    @Test("doctor checks everything also when an early check fails, shows no secret, and says so with its status")
    func doctor() async throws {
        try await withSandbox { _, url in
            let workspace = try Workspace()
            let program = Program(workspace, url: url)
            let well = try await program.run(["doctor", "--json"])
            #expect(well.status == 0, "\(well.output)")
            #expect(well.output.contains("not used: the address is http"))
            #expect(try workspace.stateFiles() == [], "looking creates nothing")
            var ill = program
            ill.environment["API_URL"] = "http://127.0.0.1:1"
            ill.environment["MIN_AGE"] = "abc"
            let ending = try await ill.run(["doctor"])
            #expect(ending.status == 1)
            for check in [
                "configuration", "login", "clock", "state directory", "disk space", "journal", "locale", "terminal",
            ] {
                #expect(ending.output.contains(check + ": "), "\(ending.output)")
            }
            #expect(ending.output.contains("MIN_AGE"))
            #expect(ending.output.contains("configuration can't be used"))
            ill.environment["MIN_AGE"] = nil
            #expect(try await ill.run(["doctor"]).output.contains("login: connection refused by 127.0.0.1:1"))
            #expect(!ending.output.contains("secret-project-key"))
        }
    }
}

/// A socket that keeps the datagrams that it gets.
private final class DatagramSocket: Sendable {
    private let descriptor: CInt
    private let received = Mutex("")
    /// One for each time that something arrived.
    private let arrivals: AsyncStream<Void>
    private nonisolated(unsafe) let source: any DispatchSourceRead

    init(_ name: String) throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        self.descriptor = descriptor
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        self.arrivals = arrivals
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler { [weak self] in
            self?.receive()
            arrived.yield()
        }
        source.activate()
    }

    deinit {
        source.cancel()
        close(descriptor)
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT)), count >= 0 {
            received.withLock { $0 += String(decoding: buffer[..<count], as: UTF8.self) + "\n" }
        }
    }

    /// Waits until a text was received, now or before.
    func until(_ text: String) async {
        if received.withLock({ $0.contains(text) }) { return }
        for await _ in arrivals where received.withLock({ $0.contains(text) }) { return }
    }
}
