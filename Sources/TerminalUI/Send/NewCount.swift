import CustomerRecords
import TerminalKit

/// Which records of a file were not delivered under a list before.
struct NewCount: Hashable, Sendable {
    enum Answer: Hashable, Sendable {
        case counting
        /// New ones of each age; `nil` when the list begins with this file.
        case counted([Int]?)
        case failed(String)
    }

    var path: String
    var list: String
    var answer = Answer.counting

    /// New records that a filter lets through; `nil` while they are not counted.
    /// - Parameter valid: how many there are, new or not.
    func count(for filter: AgeFilter, of valid: Int) -> Int? {
        guard case .counted(let ages) = answer else { return nil }
        guard let ages else { return valid }
        return ages.enumerated().reduce(0) { $0 + (filter.accepts($1.offset) ? $1.element : 0) }
    }

    /// In one line.
    /// - Parameter valid: records that the filter lets through, new or not.
    func line(for filter: AgeFilter, of valid: Int, width: Int) -> Line {
        let name = TextFit.end(list, 24)
        let wordings: [Line]
        switch answer {
        case .counting: wordings = [Line("comparing with \(name)…", .accent), Line("comparing…", .accent)]
        case .failed(let message): wordings = [Line(message, .bad), Line("not compared", .bad)]
        case .counted(nil):
            wordings = [Line("new list \(name): all of them are new", .info), Line("new list: all are new", .info)]
        case .counted:
            let new = count(for: filter, of: valid) ?? 0
            let number = Line(NumberText.count(new), new > 0 ? .good : .warning, .bold)
            let all = " of \(NumberText.count(valid))"
            wordings = [
                [number, Line(all + (new == 1 ? " is" : " are") + " new or changed", .text), Line(" (\(name))", .dim)],
                [number, Line(all + (new == 1 ? " is" : " are") + " new or changed", .text)],
                [number, Line(all + " new", .text)],
            ]
        }
        return wordings.first { $0.width <= width } ?? wordings[wordings.count - 1]
    }
}
