public import CustomerRecords

/// One change to one field of many records.
public struct RecordChange: Hashable, Codable, Sendable {
    public enum Kind: Hashable, Codable, Sendable {
        /// Takes these characters off both ends.
        case trim(String)
        case replace(String, with: String)
        case set(String)
    }

    public var field: KnownColumn
    public var kind: Kind

    public init(field: KnownColumn, kind: Kind) {
        self.field = field
        self.kind = kind
    }

    /// The fields with the change made; the same ones when it changes nothing.
    public func applied(to fields: RecordFields) -> RecordFields {
        var fields = fields
        switch field {
        case .name: fields.name = changed(fields.name)
        case .age: fields.age = changed(fields.age)
        case .cookie: fields.cookie = changed(fields.cookie)
        case .bannerID: fields.bannerID = changed(fields.bannerID)
        }
        return fields
    }

    private func changed(_ text: String) -> String {
        switch kind {
        case .trim(let characters):
            let taken = Set(characters)
            var rest = text[...]
            while let first = rest.first, taken.contains(first) { rest.removeFirst() }
            while let last = rest.last, taken.contains(last) { rest.removeLast() }
            return String(rest)
        case .replace(let old, let new): return old.isEmpty ? text : text.replacing(old, with: new)
        case .set(let value): return value
        }
    }
}

/// A change, and the records that it is for.
public struct BulkFix: Hashable, Codable, Sendable {
    /// Which records it is for.
    public enum Selection: Hashable, Codable, Sendable {
        /// These, by their id.
        case records([Int64])
        /// Everything that matches but for these, rejected records that the store does not hold included.
        case matching(FailureQuery, except: Set<Int64>)
    }

    public var change: RecordChange
    public var selection: Selection

    public init(change: RecordChange, selection: Selection) {
        self.change = change
        self.selection = selection
    }
}

/// What a change would do.
public struct FixPreview: Hashable, Codable, Sendable {
    public struct Example: Hashable, Codable, Sendable {
        public var line: Int
        public var old: String
        public var new: String
        /// Why the record would still not be sent; `nil` when it would.
        public var reason: ReasonCode?

        public init(line: Int, old: String, new: String, reason: ReasonCode?) {
            self.line = line
            self.old = old
            self.new = new
            self.reason = reason
        }
    }

    /// Records that were looked at, and those that the change changes.
    public var selected = 0
    public var changed = 0
    /// Changed records that follow every rule: these are sent.
    public var valid = 0
    /// Changed records that still break a rule, or that the run's ages leave out.
    public var broken: [ReasonCode: Int] = [:]
    /// Some that are sent, and some that are not.
    public var examples: [Example] = []

    public init() {}

    public static let maximumExamples = 12

    public mutating func note(_ example: @autoclosure () -> Example, reason: ReasonCode?) {
        changed += 1
        if let reason { broken[reason, default: 0] += 1 } else { valid += 1 }
        // Of each kind, a few are enough.
        let same = examples.count { ($0.reason == nil) == (reason == nil) }
        if same < Self.maximumExamples / 2 { examples.append(example()) }
    }
}
