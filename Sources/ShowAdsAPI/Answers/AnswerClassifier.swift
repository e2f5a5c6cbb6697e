import Foundation
import NIOCore

/// Tells what a status means.
struct AnswerClassifier {
    /// The API's host, for messages.
    let host: String
    /// Host and port.
    let peer: String

    func outcome(
        status: Int, retryAfter: RetryAfter?, phase: APIResponse.Phase, body: ByteBuffer,
        excerpt: @autoclosure () -> String
    ) -> APIOutcome {
        switch (status, phase) {
        case (200..<300, _):
            WebPage.begins(body) ? transient(.webPage(status: status), phase) : .applied
        case (429, _):
            .throttled(retryAfter: retryAfter)
        case (400, .auth), (401, .auth), (403, .auth), (413, .auth), (422, .auth):
            .misconfigured(
                status: status, message: "\(host) refuses the project key (\(status)). Check the project key.")
        case (400, .banners), (413, .banners), (422, .banners):
            .refused(status: status, answer: excerpt())
        case (401, .banners):
            .tokenRefused
        case (407, _):
            .misconfigured(
                status: status,
                message: "A proxy between here and \(host) asks for a user name and password (407). "
                    + "Check the proxy's address.")
        case (408, _):
            transient(.status(status), phase)
        case (425, _):
            .transient(APIOutcome.Fault(.status(status), by: peer), mayHaveBeenApplied: false)
        case (300..<400, _):
            .misconfigured(
                status: status,
                message: "\(host) redirects to another address (\(status)), which is not followed. "
                    + "Check the API's address.")
        case (400..<500, _):
            .misconfigured(
                status: status,
                message: "\(host) returned \(status) for \(name(of: phase)). "
                    + "Check the API's address and the project's rights.")
        case (503, _):
            transient(.status(status), phase, retryAfter: retryAfter)
        default:
            transient(.status(status), phase)
        }
    }

    /// What refused tokens come to, when new ones do not help.
    var refusesEveryToken: APIOutcome {
        .misconfigured(
            status: 401,
            message: "\(host) refuses every token that it gives (401). "
                + "Check the project's rights and the API's address.")
    }

    private func transient(
        _ kind: APIOutcome.Fault.Kind, _ phase: APIResponse.Phase, retryAfter: RetryAfter? = nil
    ) -> APIOutcome {
        .transient(APIOutcome.Fault(kind, by: peer, retryAfter: retryAfter), mayHaveBeenApplied: phase == .banners)
    }

    private func name(of phase: APIResponse.Phase) -> String {
        switch phase {
        case .auth: "the login"
        case .banners: "the records"
        }
    }
}
