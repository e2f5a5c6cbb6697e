import CustomerRecords
import DeliveryModel
import TerminalKit

extension EffectRunner {
    @concurrent
    func readColumns(_ path: String, _ reading: FileReading) async {
        mailbox.post(.columns(path: path, await answer { try await inspector.columns(path, reading) }))
    }

    @concurrent
    func readTitles(_ path: String, _ reading: FileReading) async {
        mailbox.post(.titles(path: path, reading, await answer { try await inspector.columns(path, reading) }))
    }

    /// What a choice of columns would make of the whole file, reported as it is counted.
    @concurrent
    func countMapping(_ path: String, _ reading: FileReading) async {
        let isWanted = mappings.begin()
        do {
            try await inspector.dryRun(path, reading, isWanted) { [mailbox] report in
                if isWanted() { mailbox.post(.mappingCounted(path: path, reading, .success(report))) }
            }
        } catch {
            if isWanted() { mailbox.post(.mappingCounted(path: path, reading, .failure(Self.readable(error)))) }
        }
    }

    /// Whether the content was sent before, under whatever name.
    @concurrent
    func findSent(_ path: String, _ reading: FileReading) async {
        let isWanted = sentLooks.begin()
        let base = services.options.reading
        let answer = await answer { () -> RunSummary? in
            // What was read in another encoding is another content: the one of the first bytes is tried, too.
            var all = [reading.applied(to: base)]
            if reading.encoding != nil { all.append(FileReading(columns: reading.columns).applied(to: base)) }
            for (index, options) in all.enumerated() {
                do {
                    let delivery = services.delivery
                    let id = try await delivery.runOfSameContent(as: path, options: options, isWanted: isWanted)
                    if let id { return try await delivery.run(id) }
                } catch  where index > 0 {
                    // Titles may not be found that way.
                    return nil
                }
            }
            return nil
        }
        if isWanted() { mailbox.post(.sentFound(path: path, answer)) }
    }

    /// How many records of a file are new to a list.
    @concurrent
    func countNew(_ path: String, _ reading: FileReading, _ list: String) async {
        let isWanted = comparisons.begin()
        var options = reading.applied(to: services.options.reading)
        options.onlyNew = list
        let answer = await answer { [options] in
            try await services.delivery.newRecords(in: path, options: options, isWanted: isWanted)
        }
        if isWanted() { mailbox.post(.newCounted(path: path, list: list, answer)) }
    }

    @concurrent
    func sampleEncoding(_ path: String, _ name: String?, _ reading: FileReading) async {
        var reading = reading
        reading.encoding = name
        reading.columns = nil
        reading.places = nil
        let answer = await answer { try await inspector.sample(path, reading) }
        mailbox.post(.encodingSampled(path: path, name, answer))
    }
}
