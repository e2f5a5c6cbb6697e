import Foundation

/// An entry of the audit as scripts get it.
public struct AuditJSON: Encodable, Sendable {
    private let entry: AuditEntry

    public init(_ entry: AuditEntry) { self.entry = entry }

    private enum Key: String, CodingKey { case at, who, from, command, run, records }

    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(entry.at.formatted(.iso8601), forKey: .at)
        try object.encode(entry.who, forKey: .who)
        try object.encode(entry.from, forKey: .from)
        try object.encode(entry.command.rawValue, forKey: .command)
        // What is not there is `null`, not left out.
        try object.encode(entry.run, forKey: .run)
        try object.encode(entry.records, forKey: .records)
    }
}
