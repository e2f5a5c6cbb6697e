import ArgumentParser
import DeliveryModel
import Logging

/// Runs a command's work; what went wrong is said in one line on standard error, and the exit status is 1.
func reportingErrors(on console: Console, _ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as DeliveryError {
        console.setBar("")
        if !console.hasSaid(error.message) {
            console.note(SystemJournal.readsStandardError ? SystemJournal.line(.error, error.message) : error.message)
        }
        throw ExitCode.failure
    }
}
