import NIOCore

/// Writes metrics in Prometheus' text format.
struct PrometheusText {
    enum Kind: String {
        case counter, gauge, histogram
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var buffer = ByteBuffer()

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        buffer.writeString("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: Double) {
        sample(name, labels.map { ($0, $1) }, value)
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        buffer.writeString(name)
        if !labels.isEmpty {
            let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }
            buffer.writeString("{\(pairs.joined(separator: ","))}")
        }
        let text = value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
        buffer.writeString(" \(text)\n")
    }

    mutating func sample(_ name: String, _ labels: KeyValuePairs<String, String>, _ value: Int) {
        sample(name, labels, Double(value))
    }

    /// - Parameter series: labels, counts by bucket (not summed up, one more than there are bounds) and the sum of values.
    mutating func histogram(
        _ name: String, _ help: String, bounds: [Double], _ series: [(labels: [(String, String)], [Int], Double)]
    ) {
        family(name, .histogram, help)
        for (labels, buckets, total) in series {
            var count = 0
            for (bound, more) in zip(bounds.map { String($0) } + ["+Inf"], buckets) {
                count += more
                sample(name + "_bucket", labels + [("le", bound)], Double(count))
            }
            sample(name + "_sum", labels, total)
            sample(name + "_count", labels, Double(count))
        }
    }

    /// A family of a single sample.
    mutating func metric(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help)
        sample(name, [:], value)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }
}
