import DeliveryModel
import Foundation
import TerminalKit

/// A request in words.
enum TraceText {
    static func lines(_ trace: RequestTrace, attempts: [RequestTrace], _ model: Model, width: Int) -> [Line] {
        var lines: [Line] = [
            [Line("POST ", .accent, .bold), Line(url(trace), .bright)], header("Content-Type", "application/json"),
            trace.isLogin
                ? header("ProjectKey", "•••••••• (masked)") : header("Authorization", "Bearer •••••••• (masked)"),
            Line(),
        ]
        lines += answer(trace, model)
        if trace.isLogin { lines.append(Line("The records didn't leave: there was no token for them.", .warning)) }
        if attempts.count > 1 {
            let all = attempts.map { one -> Line in
                let isThis = one.id == trace.id
                return [
                    Line("\(one.attempt): ", .dim),
                    isThis ? Line(status(one).plain, status(one).spans[0].style.ink, .bold) : status(one),
                ]
            }
            lines.append([Line("Attempts  ", .dim), all.joined(separator: Line(" → ", .faint))])
        }
        for name in trace.traces { lines.append([Line("Trace  ", .dim), Line(name)]) }
        let size = NumberText.bytes(trace.bodyBytes)
        let isCut = trace.shownRecords < trace.records
        let cut = isCut ? ", the first \(trace.shownRecords) shown" : ""
        lines += [
            Line(),
            Line("\(trace.isLogin ? "Not sent" : "Body"): \(NumberText.records(trace.records)), \(size)\(cut)", .dim),
        ]
        let body = model.isUnmasked ? trace.body : masked(trace.body)
        for record in body.replacing("},{", with: "},\n{").split(separator: "\n") {
            lines += TextFit.wrap(record, width).map { Line($0) }
        }
        return lines
    }

    /// Of a request that had to wait for a login which failed, that is what the API was asked.
    private static func url(_ trace: RequestTrace) -> String {
        guard trace.isLogin, let end = trace.url.range(of: "/banners/show", options: .backwards) else {
            return trace.url
        }
        return trace.url[..<end.lowerBound] + "/auth"
    }

    private static func header(_ name: String, _ value: String) -> Line {
        [Line(name + ": ", .dim), Line(value)]
    }

    private static func answer(_ trace: RequestTrace, _ model: Model) -> [Line] {
        guard let result = trace.result else {
            let text =
                trace.isAbandoned ? "Abandoned before the response arrived" : "In flight for \(age(trace, model))"
            return [[Line("Response  ", .dim), Line(text, .warning)]]
        }
        var lines: [Line] = [
            [Line("Response  ", .dim), status(trace), Line(" after \(duration(result.duration))", .dim)]
        ]
        if let cause = result.cause { lines.append(Line(cause, .bad)) }
        let body = result.excerpt ?? ""
        lines.append(body.isEmpty ? Line("empty body", .dim) : Line(body, .text))
        return lines
    }

    static func status(_ trace: RequestTrace) -> Line {
        guard let result = trace.result else {
            return trace.isAbandoned ? Line("abandoned", .warning) : Line("in flight", .accent)
        }
        let ink: Ink = result.isApplied ? .good : result.label == "429" ? .warning : .bad
        return Line((trace.isLogin ? "login " : "") + result.label.replacing("_", with: " "), ink)
    }

    static func time(_ trace: RequestTrace, _ model: Model) -> String {
        trace.result.map { duration($0.duration) } ?? (trace.isAbandoned ? "–" : age(trace, model))
    }

    private static func age(_ trace: RequestTrace, _ model: Model) -> String {
        duration(max(0, model.now.timeIntervalSince(trace.started)))
    }

    private static func duration(_ seconds: Double) -> String { NumberText.duration(seconds) }

    /// Cookies shortened as in tables.
    static func masked(_ body: String) -> String {
        let key = "\"VisitorCookie\":\""
        var result = ""
        var rest = body[...]
        while let start = rest.range(of: key) {
            result += rest[..<start.upperBound]
            rest = rest[start.upperBound...]
            let end = rest.firstIndex(of: "\"") ?? rest.endIndex
            result += FailureText.cookie(String(rest[..<end]), isUnmasked: false)
            rest = rest[end...]
        }
        return result + rest
    }

    /// A command that sends the request again; the token is asked of the environment.
    static func curl(_ trace: RequestTrace) -> String {
        func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
        return "curl -X POST \(quoted(trace.url)) -H 'Content-Type: application/json' "
            + "-H \"Authorization: Bearer $TOKEN\" --data-binary \(quoted(trace.body))"
    }
}

extension RequestTrace {
    /// Whether the login that it needed was answered instead of itself.
    fileprivate var isLogin: Bool { result?.isOfLogin == true && result?.isApplied == false }
}
