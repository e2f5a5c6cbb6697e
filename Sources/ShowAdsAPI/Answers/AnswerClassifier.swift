import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Tells what a status or an error means.
struct AnswerClassifier {
    /// The API's host, for people.
    let host: String

    func outcome(
        status: Int, retryAfter: String?, phase: Answer.Phase, excerpt: @autoclosure () -> String
    ) -> Outcome {
        switch (status, phase) {
        case (200..<300, _):
            .applied
        case (429, _):
            .throttled(retryAfter: retryAfter.flatMap { RetryAfter.parse($0, now: Date()) })
        case (400, .auth), (401, .auth), (403, .auth):
            .misconfigured(status: status, message: "\(host) refuses the project key (\(status)). Check PROJECT_KEY.")
        case (400, .banners), (413, .banners), (422, .banners):
            .refused(status: status, answer: excerpt())
        case (401, .banners):
            .tokenRefused
        case (300..<400, _):
            .misconfigured(
                status: status,
                message: "\(host) redirects to another address (\(status)), which is not followed. Check API_URL.")
        case (400..<500, _):
            .misconfigured(
                status: status,
                message: "\(host) answers \(status) to \(name(of: phase)). Check API_URL and the project's rights.")
        default:
            .transient(.status(status), mayHaveBeenApplied: phase == .banners)
        }
    }

    /// What refused tokens come to, when new ones do not help.
    var refusesEveryToken: Outcome {
        .misconfigured(
            status: 401,
            message: "\(host) refuses every token that it gives (401). Check the project's rights and API_URL.")
    }

    private func name(of phase: Answer.Phase) -> String {
        switch phase {
        case .auth: "the login"
        case .banners: "the records"
        }
    }

    static func fault(_ error: any Error) -> Outcome.Fault {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout: .connect
            case .tlsHandshakeTimeout: .tls
            case .deadlineExceeded, .readTimeout, .writeTimeout: .timeout
            case .cancelled, .alreadyShutdown: .cancelled
            default: .reset
            }
        case let error as NIOConnectionError:
            error.connectionErrors.isEmpty ? .dns : .connect
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            .tls
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EMFILE, ENFILE: .connect
            default: .reset
            }
        case is CancellationError:
            .cancelled
        default:
            .reset
        }
    }
}
