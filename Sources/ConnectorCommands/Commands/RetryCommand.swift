import ArgumentParser
import DeliveryEngine
import DeliveryModel
import Foundation

/// `data-connector retry [RUN]`: sends what failed again.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Deliver the failed records of a run again (default: the latest that has any).")

    @OptionGroup var arguments: ContinuingArguments

    @OptionGroup var delivery: DeliveryArguments

    func validate() throws { try arguments.check(delivery, for: .retry) }

    func run() async throws {
        try await arguments.deliver(
            delivery,
            nothing: "Nothing to retry: no failed records.",
            newest: { try await $0.newestRunToRetry() },
            isMeant: { $0.undelivered > 0 },
            begin: { run, service in
                let failed = FailureQuery.failed(in: run)
                guard try await service.run(run) != nil else { throw DeliveryError.unknownRun(run) }
                guard try await service.failureCount(failed) > 0 else { return nil }
                return try await service.retry(run, .matching(failed))
            })
    }
}
