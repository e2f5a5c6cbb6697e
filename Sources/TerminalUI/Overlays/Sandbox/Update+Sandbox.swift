import DeliveryModel
import TerminalKit

extension Model {
    mutating func press(_ key: Key, _ sandbox: SandboxModel) -> [Effect] {
        var sandbox = sandbox
        let all = SandboxModel.Row.allCases
        switch key {
        case .escape, .character("b"), .character("q"):
            overlays.removeLast()
            return []
        case .up, .backTab, .character("k"): sandbox.row = all[(sandbox.row.rawValue + all.count - 1) % all.count]
        case .down, .tab, .character("j"): sandbox.row = all[(sandbox.row.rawValue + 1) % all.count]
        case .right, .character("l"), .character("+"): return change(sandbox.row, .more)
        case .left, .character("h"), .character("-"): return change(sandbox.row, .less)
        case .enter, .character(" "): return change(sandbox.row, .toggle)
        case .character("0"):
            // Everything works again.
            faults = SimulatedFaults(refusesMarkedCookies: faults.refusesMarkedCookies)
            return [.setFaults(faults)]
        default:
            // The run continues under the panel, and its keys with it.
            guard screen == .run, let action = Bindings.binding(for: key, on: screen)?.action,
                [.pause, .moreRequests, .fewerRequests].contains(action)
            else { return [] }
            return perform(action)
        }
        replaceOverlay(.sandbox(sandbox))
        return []
    }

    private enum Change { case more, less, toggle }

    private mutating func change(_ row: SandboxModel.Row, _ change: Change) -> [Effect] {
        switch row {
        case .outage: faults.outage = change == .toggle ? !faults.outage : change == .more
        case .refusals:
            faults.refusesMarkedCookies = change == .toggle ? !faults.refusesMarkedCookies : change == .more
        case .errors:
            faults.errorRate = Self.step(faults.errorRate, [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1], change, on: 0.25)
        case .latency:
            faults.latency = Self.step(faults.latency, [0, 20, 50, 100, 250, 500, 1000, 5000], change, on: 250)
        case .jitter: faults.jitter = Self.step(faults.jitter, [0, 20, 50, 100, 250, 500, 1000, 5000], change, on: 100)
        case .rateLimit:
            faults.rateLimit = Self.limit(faults.rateLimit, [50, 20, 10, 5, 2, 1], change, on: 5)
        case .retryAfter:
            faults.retryAfter = Self.limit(faults.retryAfter, [1, 2, 5, 10, 30], change, on: 5)
        case .tokenLifetime:
            faults.tokenLifetime = Self.limit(faults.tokenLifetime, [3600, 60, 10, 2], change, on: 10)
        }
        return [.setFaults(faults)]
    }

    private static func step(_ value: Double, _ steps: [Double], _ change: Change, on: Double) -> Double {
        switch change {
        case .more: steps.first { $0 > value } ?? steps[steps.count - 1]
        case .less: steps.last { $0 < value } ?? steps[0]
        case .toggle: value == 0 ? on : 0
        }
    }

    /// The same for a value that may be absent, which comes before the first step.
    private static func limit(_ value: Double?, _ steps: [Double], _ change: Change, on: Double) -> Double? {
        let all: [Double?] = [nil] + steps
        switch change {
        case .toggle: return value == nil ? on : nil
        case .more, .less:
            let index = all.firstIndex(of: value) ?? 1
            return all[min(all.count - 1, max(0, index + (change == .more ? 1 : -1)))]
        }
    }
}
