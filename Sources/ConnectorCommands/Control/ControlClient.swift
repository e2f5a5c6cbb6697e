import AsyncHTTPClient
import DeliveryModel
import DeliveryStore
import Foundation
import HTTPListener
import NIOCore
import NIOHTTP1
import SystemPackage

/// Asks the process that is using a state directory, over its control socket.
final class ControlClient: Sendable {
    private let http: HTTPClient
    private let socket: ControlSocket
    private let holder: StateDirectoryLock.Holder
    let directory: StateDirectory

    /// How long a process may take to say how it stands; one that was stopped says nothing.
    private static let patience = Duration.seconds(10)
    private static let largestReply = 256 << 20

    /// - Returns: `nil` when no process delivers from the directory, or it has no control socket.
    init?(_ directory: StateDirectory) {
        guard let holder = StateDirectoryLock.holder(directory), let socket = try? ControlSocket(directory) else {
            return nil
        }
        guard FileManager.default.fileExists(atPath: socket.file.string) else {
            socket.close()
            return nil
        }
        self.holder = holder
        self.socket = socket
        self.directory = directory
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(2)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Whether files that this process can open can be opened by the other one.
    var sharesFiles: Bool { socket.belongsToThisUser }

    deinit {
        // It ends by itself, whatever is done with the client that asked.
        http.shutdown { _ in }
        socket.close()
    }

    /// - Parameters:
    ///   - generation: of the newest snapshot that is known; a newer one is waited for, up to a second.
    ///   - patience: how long the process may take to respond.
    func state(
        after generation: Int? = nil, within patience: Duration = ControlClient.patience
    ) async throws(DeliveryError) -> ControlState {
        let query = generation.map { "?after=\($0)" } ?? ""
        let data = try await send(.GET, "state\(query)", nil, within: patience)
        guard let state = try? ControlCoding.decode(ControlState.self, from: data) else {
            throw DeliveryError(
                .locked,
                "Process \(process) is using \(directory.path), and is a different version than this program "
                    + "(\(DataConnectorCommand.version)).")
        }
        guard state.version == DataConnectorCommand.version else {
            throw DeliveryError(
                .locked,
                "Process \(process) is using \(directory.path) and is version \(state.version); this program is "
                    + "version \(DataConnectorCommand.version). Use the same version.")
        }
        return state
    }

    /// Waits until the process that was asked is gone.
    /// - Returns: `false` when it is still there after that time.
    func hasEnded(within patience: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while StateDirectoryLock.holder(directory) == holder {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// - Throws: when the other process is of another version, which understands other calls.
    func checkVersion() async throws(DeliveryError) { _ = try await state() }

    /// - Parameter instance: the process that it is for; `nil` is the one that uses the directory now.
    func call<Value: Codable & Sendable>(
        _ call: ControlCall, returning: Value.Type, to instance: String? = nil
    ) async throws(DeliveryError) -> Value {
        let reply: ControlReply<Value>
        do {
            let data = try await send(
                .POST, "call", .bytes(ByteBuffer(bytes: ControlCoding.encode(call))), to: instance)
            reply = try ControlCoding.decode(ControlReply<Value>.self, from: data)
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw DeliveryError(.locked, "The response of process \(process) can't be read: \(error)")
        }
        return try reply.get()
    }

    func call(_ call: ControlCall) async throws(DeliveryError) {
        _ = try await self.call(call, returning: ControlDone.self)
    }

    /// Copies a source into the other process' spool.
    /// - Returns: its path there.
    func spool(_ path: String, to instance: String) async throws(DeliveryError) -> String {
        do {
            let file =
                path == "-"
                ? SystemPackage.FileDescriptor.standardInput
                : try SystemPackage.FileDescriptor.open(
                    FilePath(platformString: try PathBytes.resolve(path)), .readOnly, options: .closeOnExec)
            defer { if path != "-" { try? file.close() } }
            let data = try await send(.POST, "spool", .stream(FileChunks(file: file), length: .unknown), to: instance)
            return try ControlCoding.decode(String.self, from: data)
        } catch let error as DeliveryError {
            throw error
        } catch {
            throw SystemFault.source(error, path: path, what: "can't be read")
        }
    }

    private var process: String { holder.process.map(String.init) ?? "(unknown)" }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: HTTPClientRequest.Body?, within patience: Duration? = nil,
        to instance: String? = nil
    ) async throws(DeliveryError) -> Data {
        do {
            guard let url = URL(httpURLWithSocketPath: socket.address, uri: "/control/\(path)") else {
                throw Errno.invalidArgument
            }
            var request = HTTPClientRequest(url: url.absoluteString)
            request.method = method
            request.headers.replaceOrAdd(name: "Host", value: "localhost")
            if let instance { request.headers.add(name: ControlledProcess.header, value: instance) }
            request.body = body
            let deadline = patience.map { NIODeadline.now() + TimeAmount($0) } ?? .distantFuture
            let response = try await http.execute(request, deadline: deadline)
            let data = Data(try await response.body.collect(upTo: Self.largestReply).readableBytesView)
            guard response.status == .ok else {
                let message = (try? JSONDecoder().decode([String: String].self, from: data))?["message"]
                throw DeliveryError(
                    response.status == .gone ? .ending : .conflict,
                    message ?? "Process \(process) responded with \(response.status.code).")
            }
            return data
        } catch let error as DeliveryError {
            throw error
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            throw DeliveryError(
                .locked,
                "Process \(process) is using \(directory.path) and does not respond. Check whether it is stopped or "
                    + "overloaded, and try again.")
        } catch {
            let number = (error as? IOError)?.errnoCode
            let why = number.map { String(cString: strerror($0)) } ?? "\(error)"
            throw DeliveryError(
                // Nobody was there to be asked.
                number == ECONNREFUSED || number == ENOENT ? .ending : .locked,
                "Process \(process), which was using \(directory.path), has ended or does not respond: \(why). "
                    + "Try again.")
        }
    }
}

/// A file in pieces, read as they are wanted.
private struct FileChunks: AsyncSequence, Sendable {
    let file: SystemPackage.FileDescriptor

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: SystemPackage.FileDescriptor

        mutating func next() async throws -> ByteBuffer? {
            var buffer = ByteBuffer()
            let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 256 << 10) {
                try file.read(into: $0)
            }
            return count == 0 ? nil : buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: file) }
}
