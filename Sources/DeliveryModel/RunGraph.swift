/// How fast a run went over its whole time: a few hundred points, however long it took.
public struct RunGraph: Codable, Hashable, Sendable {
    public private(set) var secondsPerPoint = 1
    /// Records sent in the time of each point, oldest first.
    public private(set) var sent: [Int] = []
    /// Requests that did not succeed.
    public private(set) var errors: [Int] = []

    public static let maximumPoints = 480

    public init() {}

    public mutating func add(sent records: Int = 0, errors faults: Int = 0, second: Int) {
        guard second >= 0 else { return }
        while second / secondsPerPoint >= Self.maximumPoints { halve() }
        let point = second / secondsPerPoint
        let missing = point + 1 - sent.count
        if missing > 0 {
            sent.append(contentsOf: repeatElement(0, count: missing))
            errors.append(contentsOf: repeatElement(0, count: missing))
        }
        sent[point] += records
        errors[point] += faults
    }

    /// What a run did after it was resumed, behind what it had done before.
    public mutating func append(_ later: RunGraph) {
        let start = sent.count * secondsPerPoint
        for (index, pair) in zip(later.sent, later.errors).enumerated() {
            add(sent: pair.0, errors: pair.1, second: start + index * later.secondsPerPoint)
        }
    }

    /// Records a second, as a mean over each point.
    public var rates: [Int] { sent.map { $0 / secondsPerPoint } }

    private mutating func halve() {
        func pairs(_ values: [Int]) -> [Int] {
            stride(from: 0, to: values.count, by: 2).map { values[$0] + ($0 + 1 < values.count ? values[$0 + 1] : 0) }
        }
        sent = pairs(sent)
        errors = pairs(errors)
        secondsPerPoint *= 2
    }
}
