import DeliveryModel
import TerminalKit

/// The simulated API's faults, beside the run that suffers from them.
enum SandboxView {
    static func draw(_ sandbox: SandboxModel, _ model: Model, _ canvas: inout Canvas) {
        let (width, height) = (42, SandboxModel.Row.allCases.count + 4)
        let area = Rectangle(
            x: canvas.size.width - width - 1, y: max(1, canvas.size.height - height - 1), width: width,
            height: min(height, canvas.size.height - 2))
        canvas.fill(area)
        canvas.panel(area, Line("Simulated API", .bright, .bold), right: state(model.faults), ink: .mark)
        canvas.addRegion(area, .overlay)
        let content = area.content
        for row in SandboxModel.Row.allCases {
            let place = Rectangle(x: area.x + 1, y: content.y + row.rawValue, width: area.width - 2, height: 1)
            guard place.y < area.bottom - 1 else { break }
            let isFocused = sandbox.row == row
            let ground: Ground = isFocused ? .selection : .base
            canvas.fill(place, Style(.text, on: ground))
            if isFocused { canvas.set(Glyph(text: "▌", width: 1), place.x, place.y, Style(.mark, on: ground)) }
            canvas.write(label(row), Style(isFocused ? .bright : .dim, on: ground), place.after(2))
            canvas.write(value(row, model.faults).on(ground), place.inset(x: 2), .right)
            canvas.addRegion(place, .overlayRow(row.rawValue))
        }
        canvas.write(hint(sandbox.row), .dim, content.row(SandboxModel.Row.allCases.count + 1))
    }

    private static func state(_ faults: SimulatedFaults) -> Line {
        let isHealthy = faults.errorRate == 0 && !faults.outage && faults.rateLimit == nil && faults.latency < 1000
        return faults.outage
            ? Line("down", .bad, .bold) : isHealthy ? Line("healthy", .good) : Line("degraded", .warning)
    }

    private static func label(_ row: SandboxModel.Row) -> String {
        switch row {
        case .outage: "Outage"
        case .errors: "Errors (500)"
        case .rateLimit: "Throttle (429)"
        case .retryAfter: "Retry-After"
        case .latency: "Latency"
        case .jitter: "Jitter"
        case .tokenLifetime: "Token expires after"
        case .refusals: "Refuse marked cookies"
        }
    }

    private static func hint(_ row: SandboxModel.Row) -> String {
        switch row {
        case .outage: "every connection is dropped"
        case .errors: "share of requests that get a 500"
        case .rateLimit: "requests per second before 429"
        case .retryAfter: "delay that a 429 asks for"
        case .latency: "delay before every response"
        case .jitter: "random extra delay"
        case .tokenLifetime: "then 401 until a new login"
        case .refusals: "400 for cookies like refuse-…"
        }
    }

    private static func value(_ row: SandboxModel.Row, _ faults: SimulatedFaults) -> Line {
        func number(_ text: String, isOn: Bool) -> Line { Line(text, isOn ? Style(.warning, .bold) : .dim) }
        func flag(_ isOn: Bool) -> Line { isOn ? Line("● on", .bad, .bold) : Line("○ off", .dim) }
        return switch row {
        case .outage: flag(faults.outage)
        case .errors: number("\(Int((faults.errorRate * 100).rounded()))%", isOn: faults.errorRate > 0)
        case .rateLimit:
            number(faults.rateLimit.map { "\(Int($0))/s" } ?? "no limit", isOn: faults.rateLimit != nil)
        case .retryAfter:
            number(faults.retryAfter.map(NumberText.duration) ?? "none", isOn: faults.retryAfter != nil)
        case .latency: number("\(Int(faults.latency)) ms", isOn: faults.latency > 0)
        case .jitter: number("\(Int(faults.jitter)) ms", isOn: faults.jitter > 0)
        case .tokenLifetime:
            number(faults.tokenLifetime.map(NumberText.duration) ?? "never", isOn: faults.tokenLifetime != nil)
        case .refusals: faults.refusesMarkedCookies ? Line("● on", .text) : Line("○ off", .dim)
        }
    }
}
