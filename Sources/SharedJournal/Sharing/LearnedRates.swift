/// How the nodes divide what they have learned about the API's rate: what one of them found out by being refused, the
/// others need not find out again.
///
/// Each node that sends tells how many requests a second it has learned. One that begins to send takes an equal part from
/// the others; when one leaves or rests, the others take its part over. So the sum stays about what the API was seen to take, and
/// each node keeps learning about its own part.
///
/// A value without a database: it is told what was read and what the engine knows, and returns what the engine is to do.
public struct LearnedRates: Sendable {
    /// What a node tells of itself.
    struct Report: Hashable, Sendable {
        /// Requests a second.
        var rate: Double
        /// The part of their rates, 0 to 1, that it took from the others when it began.
        var taken: Double

        /// Whether it is plausible.
        var isSound: Bool { rate > 0 && rate <= LearnedRates.highestRate && (0...1).contains(taken) }
    }

    /// What the engine is to do with what it has learned.
    public enum Change: Hashable, Sendable {
        case begin(at: Double)
        case scale(by: Double)
    }

    /// What this node tells; `nil` while it has nothing to send or was never refused.
    private(set) var own: Report?
    /// What the others told when they were looked at last.
    private var others: [String: Report] = [:]
    private var wasBusy = false

    /// A node never gives up more than three quarters in one step.
    private static let smallestFactor = 0.25
    /// More requests a second than any node sends.
    static let highestRate = 1e6

    /// - Parameters:
    ///   - others: what the other nodes tell now.
    ///   - rate: what this node's engine has learned; `nil` when it was never refused.
    ///   - isBusy: whether it has something to send, or had a moment ago.
    mutating func look(at others: [String: Report], rate: Double?, isBusy: Bool) -> Change? {
        let others = others.filter(\.value.isSound)
        defer { (self.others, wasBusy) = (others, isBusy) }
        guard isBusy else {
            own = nil
            return nil
        }
        // Whatever it knew from before is the others' now.
        if !wasBusy, !others.isEmpty {
            let part = 1 / Double(others.count + 1)
            let rate = Self.sum(others) * part
            own = Report(rate: rate, taken: part)
            return .begin(at: rate)
        }
        let learned = rate.flatMap { $0 > 0 ? $0 : nil }
        guard let known = own else {
            own = learned.map { Report(rate: $0, taken: 0) }
            return nil
        }
        let current = learned ?? known.rate
        let factor = part(leftBy: others) * part(inheritedBy: current, of: others)
        own?.rate = current * factor
        return factor == 1 ? nil : .scale(by: factor)
    }

    /// The part that those who began left to this node.
    private func part(leftBy others: [String: Report]) -> Double {
        let new = others.filter { self.others[$0.key] == nil }
        return max(Self.smallestFactor, new.values.reduce(1) { $0 * (1 - $1.taken) })
    }

    /// How many times as much it has with its part of what those leave who send no more.
    private func part(inheritedBy rate: Double, of others: [String: Report]) -> Double {
        let remaining = rate + Self.sum(self.others.filter { others[$0.key] != nil })
        return 1 + Self.sum(self.others.filter { others[$0.key] == nil }) / remaining
    }

    private static func sum(_ reports: [String: Report]) -> Double { reports.values.reduce(0) { $0 + $1.rate } }
}
