import CustomerRecords
import DeliveryModel

extension RunSource {
    /// How its sender says how it is to be read.
    var wording: OptionWording {
        if case .upload = self { return .form }
        return .commandLine
    }

    /// Why it can't be read on, and what becomes of the rest. What was read before is delivered by its run.
    ///
    /// - Parameter isCopy: whether what is read is a copy of the source, which nobody can put right.
    func lateFault(_ error: SourceFormatError, isCopy: Bool) -> DeliveryError {
        var fault = fault(error)
        switch error.code {
        case .noMemory: break
        case .cutOffCompression, .damagedCompression:
            fault.message +=
                isCopy ? " What was read before that belongs to this run." : " Then resume the run."
        case .notCSV, .unmarkedWideText, .unknownEncoding, .unsupportedSeparator, .duplicateColumn, .missingColumns,
            .sharedColumn, .unmatchedMapping, .mappingOutOfRange, .unknownHeader, .mixedDelimiters, .ambiguousDelimiter,
            .recordAboveHeader, .headerInAnotherOrder, .tooManyRejected:
            fault.message += " What stands above that line belongs to this run: send only what follows."
        }
        return fault
    }

    /// Why it can't be read.
    func fault(_ error: SourceFormatError) -> DeliveryError {
        DeliveryError(error.code == .noMemory ? .busy : .source, error.message(for: text, wording: wording))
    }

    /// What went wrong while it was read.
    func readingFault(_ error: any Error) -> DeliveryError {
        switch error {
        case let error as DeliveryError: error
        case let error as SourceFormatError: fault(error)
        default: DeliveryError(.source, "\(text): \(error)")
        }
    }
}
