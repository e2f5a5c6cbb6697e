import DeliveryModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// What only the control socket serves: the engine's calls, and its state as it changes.
struct ControlRoutes: Sendable {
    static let prefix = "/control/"
    /// Marks of thousands of records are the longest calls.
    private static let largestCall = 16 << 20
    /// How long a state that has not changed is waited for.
    private static let patience = Duration.seconds(1)

    let process: ControlledProcess
    let version: String
    let spoolDirectory: String
    /// Throws when the disk has no room for a file.
    let checkRoom: @Sendable () throws -> Void

    private var service: any DeliveryService { process.delivery }

    func answer(
        _ head: HTTPRequestHead, path: Substring, parameters: RequestParameters, body: inout RequestBody,
        connection: ListenerConnection
    ) async throws -> ListenerResponse {
        if let instance = head.headers.first(name: ControlledProcess.header), instance != process.instance {
            throw Refusal(
                .gone, "The process that was asked has ended; process \(getpid()) is using the directory now.")
        }
        switch (head.method, path.dropFirst(Self.prefix.count)) {
        case (.GET, "state"):
            return try await state(after: parameters["after"].flatMap { Int($0) }, connection)
        case (.POST, "call"):
            let bytes = try await body.collect(atMost: Self.largestCall)
            let call: ControlCall
            do {
                call = try ControlCoding.decode(ControlCall.self, from: Data(bytes.readableBytesView))
            } catch {
                throw Refusal(.badRequest, "This process doesn't support that request; it is version \(version).")
            }
            return try Self.json(await reply(to: call, by: "\(connection.client)@\(process.host)"))
        case (.POST, "spool"):
            return try Self.json(try ControlCoding.encode(try await receive(&body)))
        default:
            throw Refusal(.notFound, "There is nothing at this path.")
        }
    }

    private static func json(_ data: Data) throws -> ListenerResponse {
        ListenerResponse(.ok, type: "application/json", body: ByteBuffer(bytes: data))
    }

    /// The newest state; one that was seen already is waited out for a while.
    private func state(after generation: Int?, _ connection: ListenerConnection) async throws -> ListenerResponse {
        if generation == service.snapshot().generation {
            _ = try await connection.wait(atMost: Self.patience) { [service] in
                for await snapshot in service.snapshots() where snapshot.generation != generation { return }
            }
        }
        return try Self.json(
            ControlCoding.encode(
                ControlState(
                    version: version, process: getpid(), instance: process.instance, snapshot: service.snapshot(),
                    listener: process.listener.snapshot(), folder: process.folder.folderSnapshot(),
                    nodes: process.nodes?.nodesSnapshot())))
    }

    /// Keeps a file that the engine could not open itself, until it is delivered.
    /// - Returns: its path in the spool.
    private func receive(_ body: inout RequestBody) async throws -> String {
        var file = try await SpoolFile(in: spoolDirectory, threads: .singleton, checkRoom: checkRoom)
        do {
            while let bytes = try await body.next() { try await file.write(bytes) }
            return try await file.finish()
        } catch {
            await file.discard()
            throw error
        }
    }

    // MARK: Calls

    private func reply(to call: ControlCall, by user: String) async throws -> Data {
        do {
            return try await Operator.$current.withValue(Operator(who: user, from: Operator.controlSocket)) {
                try await perform(call, by: user)
            }
        } catch let error as DeliveryError {
            return try ControlCoding.encode(ControlReply<ControlDone>.failed(error))
        }
    }

    private func value(_ value: some Codable & Sendable) throws -> Data {
        try ControlCoding.encode(ControlReply.value(value))
    }

    private func done(_ work: () async throws -> Void) async throws -> Data {
        try await work()
        return try value(ControlDone())
    }

    private func perform(_ call: ControlCall, by user: String) async throws -> Data {
        switch call {
        case .start(var request):
            request.submittedBy = user
            return try value(try await service.start(request))
        case .pause(let run): return try await done { try await service.pause(run) }
        case .unpause(let run): return try await done { try await service.unpause(run) }
        case .passWindow(let run): return try await done { try await service.passWindow(run) }
        case .stop(let run, let mode): return try await done { try await service.stop(run, mode: mode) }
        case .discard(let run): return try value(try await service.discard(run))
        case .resume(let run): return try await done { try await service.resume(run) }
        case .retry(let run, let selection):
            return try value(try await service.retry(run, selection, claim: nil, submittedBy: user))
        case .resend(let record, let fields): return try value(try await service.resend(record, as: fields))
        case .failures(let query, let offset, let limit):
            return try value(try await service.failures(query, offset: offset, limit: limit))
        case .failuresAfter(let record, let query, let limit):
            return try value(try await service.failures(query, after: record, limit: limit))
        case .failuresByID(let records): return try value(try await service.failures(ids: records))
        case .failureCount(let query): return try value(try await service.failureCount(query))
        case .failureFacets(let query): return try value(try await service.failureFacets(query))
        case .failureOrder(let query): return try value(try await service.failureOrder(query))
        case .dismiss(let records): return try value(try await service.dismiss(records))
        case .undismiss(let records): return try value(try await service.undismiss(records))
        case .runs(let query, let limit, let before):
            return try value(try await service.runs(query, limit: limit, before: before))
        case .graph(let run): return try value(await service.graph(of: run))
        case .audit(let query): return try value(try await service.audit(query))
        case .note(let action): return try await done { await service.note(action) }
        case .removeDeliveryList(let name): return try value(try await service.removeDeliveryList(name))
        case .erase(let cookies, let isDryRun):
            return try value(try await service.erase(cookies, isDryRun: isDryRun))
        case .recentRequests: return try value(try await service.recentRequests())
        case .previewFix(let fix): return try value(try await service.previewFix(fix) { !Task.isCancelled })
        case .applyFix(let fix): return try value(try await service.applyFix(fix))
        case .runOfSameContent(let path, let options):
            return try value(try await service.runOfSameContent(as: path, options: options) { !Task.isCancelled })
        case .run(let run): return try value(try await service.run(run))
        case .setConcurrency(let maximum): return try await done { await service.setConcurrency(maximum) }
        case .setRate(let maximum): return try await done { await service.setRate(maximum) }
        case .setSchedule(let schedule): return try await done { try await service.setSchedule(schedule) }
        case .newRecords(let path, let options):
            return try value(try await service.newRecords(in: path, options: options) { !Task.isCancelled })
        case .retryNow: return try await done { await service.retryNow() }
        case .setAPI(let url, let key): return try await done { try await service.setAPI(url: url, projectKey: key) }
        case .testLogin(let url, let key): return try value(try await service.testLogin(url: url, projectKey: key))
        case .startListener:
            return try await done {
                try await process.listener.start()
                await service.note(.startListener)
            }
        case .stopListener:
            return try await done {
                await process.listener.stop()
                await service.note(.stopListener)
            }
        }
    }
}
