import ArgumentParser
import DeliveryEngine
import DeliveryModel
import Foundation

/// `data-connector resume [RUN]`: continues a run that was interrupted.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resume a run that was interrupted, stopped, or paused (default: the latest).")

    @OptionGroup var arguments: ContinuingArguments

    @OptionGroup var delivery: DeliveryArguments

    func validate() throws { try arguments.check(delivery, for: .resume) }

    func run() async throws {
        try await arguments.deliver(
            delivery,
            nothing: "Nothing to resume: no run was interrupted.",
            newest: { try await $0.newestRunToResume() },
            isMeant: { $0.state == .paused || !$0.state.isActive && $0.isResumable },
            begin: { run, service in
                guard let summary = try await service.run(run) else { throw DeliveryError.unknownRun(run) }
                guard summary.isResumable else { return nil }
                try await service.resume(run)
                return run
            })
    }
}
