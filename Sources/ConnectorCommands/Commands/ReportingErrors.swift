import ArgumentParser
import DeliveryModel
import Logging

/// Runs a command's work; what went wrong is said in one line on standard error, and the exit status is 1.
func reportingErrors(on console: Console, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as DeliveryError {
        console.setBar("")
        let message = Console.visible(error.message, isLine: true)
        if !console.hasSaid(message) {
            console.note(SystemJournal.readsStandardError ? SystemJournal.line(.error, message) : message)
        }
        throw ExitCode.failure
    }
}
