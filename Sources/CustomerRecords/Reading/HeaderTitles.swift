/// A record taken for a header.
struct HeaderTitles {
    let all: [String]
    private let mapping: ColumnMapping
    /// The places of each column that it names.
    private var places: [KnownColumn: [Int]] = [:]

    init(_ fields: [String], _ mapping: ColumnMapping) {
        all = fields
        self.mapping = mapping
        let titles = fields.map(KnownColumn.normalized)
        for column in KnownColumn.allCases {
            switch mapping[column] {
            case .number(let number):
                if number <= fields.count { places[column] = [number - 1] }
            case .title(let title):
                let exact = fields.indices.filter { fields[$0] == title }
                let wanted = KnownColumn.normalized(title)
                let found = exact.count == 1 ? exact : titles.indices.filter { titles[$0] == wanted && !wanted.isEmpty }
                if !found.isEmpty { places[column] = found }
            case nil:
                let found = titles.indices.filter { KnownColumn(title: fields[$0]) == column }
                if !found.isEmpty { places[column] = found }
            }
        }
    }

    /// Columns that it names by text.
    var known: [KnownColumn] {
        KnownColumn.allCases.filter { column in
            if case .number = mapping[column] { return false }
            return places[column] != nil
        }
    }

    /// Where the columns stand, if this is a header: each of them once.
    var columns: CSVDialect.Columns? {
        var columns = CSVDialect.Columns.standard
        for column in KnownColumn.allCases {
            guard let found = places[column], found.count == 1 else { return nil }
            columns[column] = found[0]
        }
        guard Set(KnownColumn.allCases.map { columns[$0] }).count == 4 else { return nil }
        return columns
    }

    /// Two columns that are mapped to the same place.
    private var sharedColumn: (KnownColumn, KnownColumn)? {
        for (index, first) in KnownColumn.allCases.enumerated() {
            if let second = KnownColumn.allCases[..<index].first(where: { places[$0] == places[first] }) {
                return (second, first)
            }
        }
        return nil
    }

    /// Why it is none.
    func fault(firstLine: String, titlesLine: Int?) -> SourceFormatError.Code {
        for column in KnownColumn.allCases {
            if case .title(let title) = mapping[column], places[column] == nil {
                return .unmatchedMapping(column: column.rawValue, title: title, titles: all)
            }
            if case .number(let number) = mapping[column], number > all.count {
                return .mappingOutOfRange(column: column.rawValue, number: number, columns: all.count)
            }
        }
        if let twice = KnownColumn.allCases.first(where: { (places[$0]?.count ?? 0) > 1 }) {
            return .duplicateColumn(twice.rawValue, titles: all)
        }
        let missing = KnownColumn.allCases.filter { places[$0] == nil }
        if missing.isEmpty, let (first, second) = sharedColumn {
            return .sharedColumn(first.rawValue, second.rawValue)
        }
        if known.isEmpty && mapping.isEmpty && LookalikeTitle.all(in: all, for: missing.map(\.rawValue)).isEmpty {
            return .unknownHeader(firstLine: firstLine, titles: all, titlesLine: titlesLine)
        }
        return .missingColumns(missing.map(\.rawValue), titles: all)
    }
}
