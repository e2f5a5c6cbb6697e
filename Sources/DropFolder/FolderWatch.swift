public import DeliveryModel
import Foundation
public import Logging
import Synchronization
public import SystemPackage

/// Watches a drop folder: delivers each file that comes to rest there, and moves it when its end is durable.
///
/// `FolderMachine` decides. What takes time (starting runs, moving files) happens in tasks beside the loop, which
/// answer it with inputs; the loop itself only looks at the folder.
public final class FolderWatch: FolderControl {
    private let settings: FolderSettings
    private let claimFolder: FilePath
    private let delivery: any FileDelivery
    private let logger: Logger
    private let ended: @Sendable (FileEnding, _ place: String?) -> Void
    private let newest: Mutex<FolderSnapshot>
    private let inputs: AsyncStream<FolderLoop.Input>
    private let continuation: AsyncStream<FolderLoop.Input>.Continuation
    private let finished: AsyncStream<Never>
    private let finish: AsyncStream<Never>.Continuation

    /// - Parameters:
    ///   - claims: folder of the state directory that remembers which files were taken.
    ///   - ended: is told of each file that was moved, and, without a place, of each that was delivered and is gone.
    public init(
        _ settings: FolderSettings, claims: FilePath, delivery: any FileDelivery, logger: Logger,
        ended: @escaping @Sendable (FileEnding, _ place: String?) -> Void
    ) {
        self.settings = settings
        claimFolder = claims
        self.delivery = delivery
        self.logger = logger
        self.ended = ended
        newest = Mutex(FolderSnapshot(folder: settings.folder.string))
        (inputs, continuation) = AsyncStream.makeStream()
        (finished, finish) = AsyncStream.makeStream()
    }

    public func folderSnapshot() -> FolderSnapshot? { snapshot() }

    public func snapshot() -> FolderSnapshot { newest.withLock { $0 } }

    private func publish(_ snapshot: FolderSnapshot) { newest.withLock { $0 = snapshot } }

    /// Takes nothing more, and returns when what is done with files now is done. Runs continue.
    public func stop() async {
        continuation.finish()
        for await _ in finished {}
    }

    /// Works until it is stopped or the task is canceled. Can be used once.
    /// - Throws: `DeliveryError` when the claims can't be kept.
    public func run() async throws {
        defer { finish.finish() }
        let claims: ClaimStore
        let kept: [Claim]
        do {
            claims = try ClaimStore(claimFolder)
            kept = try claims.all(of: settings.folder)
        } catch {
            throw DeliveryError(.journal, "\(claimFolder) can't be used: \(error).")
        }
        let endings = delivery.endings()
        await withDiscardingTaskGroup { group in
            if let age = settings.keepDelivered {
                group.addTask { [settings, logger] in
                    await DeliveredFiles(folder: settings.folder).remove(after: age) { logger.warning("\($0)") }
                }
            }
            group.addTask { [continuation] in
                for await ending in endings { continuation.yield(.ended(ending)) }
            }
            var loop = FolderLoop(
                settings: settings, claims: claims, delivery: delivery, logger: logger, ended: ended,
                inputs: continuation)
            loop.adopt(kept, &group)
            loop.look(&group)
            publish(loop.snapshot)
            for await input in inputs {
                loop.handle(input, &group)
                publish(loop.snapshot)
            }
            loop.stop()
            group.cancelAll()
        }
    }
}
