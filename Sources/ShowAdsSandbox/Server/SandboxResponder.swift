import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Performs what the core decides: waits, answers, cuts connections.
struct SandboxResponder: HTTPResponder {
    let sandbox: Sandbox
    private let clock = ContinuousClock()
    /// More than any correct request needs.
    private static let longestBody = 4 << 20

    init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    @Sendable func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let path = request.uri.path
        if path.hasPrefix("/__") { return try await control(request, path) }
        sandbox.withCore { $0.ledger.arrived(clock.now) }
        var result = "reset"
        defer { sandbox.withCore { $0.ledger.left(path, result, clock.now) } }
        let body = try await request.body.collect(upTo: Self.longestBody)
        let delay = sandbox.withCore { $0.delay() }
        if delay > .zero { try await clock.sleep(for: delay) }
        switch verdict(request, path, body) {
        case .answer(let status, let body, let retryAfter):
            result = String(status)
            return response(status, body, retryAfter)
        case .drop(let how):
            result = how
            try await context.cut()
        case .hang:
            result = "hang"
            // Ended by the client, or by the sandbox being stopped.
            await context.closed()
            try await context.cut()
        }
    }

    private func verdict(_ request: Request, _ path: String, _ body: ByteBuffer) -> SandboxCore.Verdict {
        guard request.method == .post else { return .answer(405, "POST only") }
        switch path {
        case "/auth":
            let key = ReceivedBody.projectKey(body)
            return sandbox.withCore { $0.login(key: key, now: clock.now) }
        case "/banners/show", "/banners/show/bulk":
            let authorization = request.headers[.authorization] ?? ""
            let call = SandboxCore.BannerCall(
                path: path, token: authorization.hasPrefix("Bearer ") ? String(authorization.dropFirst(7)) : "",
                contentType: request.headers[.contentType] ?? "none",
                items: ReceivedBody.items(body, isBulk: path.hasSuffix("bulk")))
            return sandbox.withCore { $0.banners(call, now: clock.now) }
        default:
            return .answer(404, "no such path")
        }
    }

    private func response(_ status: Int, _ body: String, _ retryAfter: Double?) -> Response {
        var response = json(status, Data(body.utf8))
        if let retryAfter {
            response.headers[.retryAfter] =
                sandbox.behavior.retryAfterIsDate
                ? HTTPDate.text(of: Date(timeIntervalSinceNow: retryAfter)) : retryAfter.formatted(.headerNumber)
        }
        if (300..<400).contains(status) { response.headers[.location] = "/redirected" }
        return response
    }

    private func json(_ status: Int, _ body: Data) -> Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    // MARK: Control

    private func control(_ request: Request, _ path: String) async throws -> Response {
        switch (request.method, path) {
        case (.get, "/__stats"): return json(200, try JSONEncoder().encode(sandbox.statistics))
        case (.get, "/__cookies"): return json(200, try JSONEncoder().encode(sandbox.cookies))
        case (.post, "/__reset"):
            sandbox.reset()
            return json(200, Data("{}".utf8))
        case (.post, "/__faults"):
            let body = try await request.body.collect(upTo: Self.longestBody)
            let data = Data(body.readableBytesView)
            guard let change = try? JSONDecoder().decode(BehaviorChange.self, from: data),
                let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
            else { return json(400, Data(#"{"message": "faults as a JSON object expected"}"#.utf8)) }
            guard BehaviorChange.names.isSuperset(of: object.keys) else {
                let known = BehaviorChange.names.sorted().joined(separator: ", ")
                return json(400, Data(#"{"message": "a fault that does not exist; there are: \#(known)"}"#.utf8))
            }
            sandbox.update(change.apply)
            return json(200, Data("{}".utf8))
        default:
            return json(404, Data(#"{"message": "no such control"}"#.utf8))
        }
    }
}

extension FormatStyle where Self == FloatingPointFormatStyle<Double> {
    /// Digits and a point, as headers want them.
    fileprivate static var headerNumber: Self {
        FloatingPointFormatStyle<Double>(locale: Locale(identifier: "en_US_POSIX")).grouping(.never)
    }
}
