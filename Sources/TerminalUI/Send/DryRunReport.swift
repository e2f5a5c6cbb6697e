import CustomerRecords
import TerminalKit

/// What one pass over a file has counted so far. It keeps the ages apart, so that any age filter is answered without
/// another pass.
struct DryRunReport: Hashable, Sendable {
    struct Counts: Hashable, Sendable {
        var valid: Int
        var rejected: Int
        var filtered: Int
    }

    var bytesRead = 0
    var bytesTotal = 0
    var isFinished = false
    var rejections: [ReasonCode: Int] = [:]
    /// What the reader decided by itself, and what looks odd.
    var notices: [Notice] = []
    /// Valid records of each age, 0…150.
    var ages: [Int] = Array(repeating: 0, count: 151)

    var read: Int { rejected + ages.reduce(0, +) }
    var rejected: Int { rejections.values.reduce(0, +) }
    var share: Double { isFinished ? 1 : bytesTotal > 0 ? Double(bytesRead) / Double(bytesTotal) : 0 }

    func counts(for filter: AgeFilter) -> Counts {
        var counts = Counts(valid: 0, rejected: rejected, filtered: 0)
        for (age, number) in ages.enumerated() {
            if filter.accepts(age) { counts.valid += number } else { counts.filtered += number }
        }
        return counts
    }

    /// Whether every record so far was rejected.
    var isUseless: Bool { read > 0 && rejected == read }

    /// Why a file that was read to its end has no record that would be sent; `nil` when it has one.
    func nothingToSend(_ filter: AgeFilter) -> String? {
        let counts = counts(for: filter)
        guard counts.valid == 0 else { return nil }
        guard read > 0 else { return "The file has no records" }
        var parts: [String] = []
        if counts.rejected > 0 {
            parts.append(
                (counts.filtered == 0 ? "all" : NumberText.count(counts.rejected)) + " rejected"
                    + (mostRejections.map { ", " + $0 } ?? ""))
        }
        if counts.filtered > 0 {
            parts.append((counts.rejected == 0 ? "all" : NumberText.count(counts.filtered)) + " outside the age range")
        }
        return "No record would be sent: " + parts.joined(separator: "; ")
    }
}
