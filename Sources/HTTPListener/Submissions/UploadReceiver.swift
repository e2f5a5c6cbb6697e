import Crypto
import DeliveryModel
import NIOCore
import NIOHTTP1
import NIOPosix
import SystemPackage

/// A file that has arrived whole and lies, durable, in the spool.
struct ReceivedUpload: Sendable {
    var path: String
    /// What the client calls it; never a path.
    var name: String
    /// What the form says beside the file.
    var fields = RequestParameters()
    /// What the form says that the file is.
    var type: String?
    /// Of the file; `nil` when nobody asked for it.
    var digest: RequestDigest?
}

/// Streams a body into the spool.
struct UploadReceiver: Sendable {
    let directory: String
    let limits: ListenerLimits
    let threads: NIOThreadPool
    let statistics: ListenerStatistics
    let unknown: KnownNames.Unknown
    /// Throws while the disk has no room for what arrives.
    var checkRoom: @Sendable () throws -> Void = {}

    /// Takes a body that is the CSV itself.
    func receiveCSV(_ body: inout RequestBody, digesting: Bool) async throws -> ReceivedUpload {
        var file = try await Reception(self, digesting: digesting)
        do {
            while let bytes = try await body.next() { try await file.write(bytes) }
            return try await file.finish(name: "upload.csv", form: UploadForm(limits: limits, unknown: unknown))
        } catch {
            await file.discard()
            throw error
        }
    }

    /// Takes a form with the file in the field `file`.
    func receiveForm(
        _ body: inout RequestBody, boundary: MultipartBoundary, digesting: Bool
    ) async throws -> ReceivedUpload {
        var parser = MultipartParser(boundary: boundary, maximumHeaderBytes: limits.partHeaderBytes)
        var form = UploadForm(limits: limits, unknown: unknown)
        var file: Reception?
        do {
            while let bytes = try await body.next() {
                parser.append(bytes)
                while let event = try parser.next() {
                    switch try form.take(event) {
                    case .nothing: break
                    case .beginFile: file = try await Reception(self, digesting: digesting)
                    case .write(let bytes): try await file?.write(bytes)
                    }
                }
            }
            try parser.finish()
            guard let name = form.fileName, file != nil, var received = file else { throw Refusal.noFile }
            file = nil
            do {
                return try await received.finish(name: name, form: form)
            } catch {
                await received.discard()
                throw error
            }
        } catch let error as MultipartError {
            await file?.discard()
            throw Refusal(.badRequest, error.description)
        } catch {
            await file?.discard()
            throw error
        }
    }

    /// Takes records in JSON, and writes them into the spool as lines of CSV without a header.
    func receiveRecords(
        _ body: inout RequestBody, shape: RecordStream.Shape, digesting: Bool
    ) async throws -> ReceivedUpload {
        let lines = RecordLines(unknown: unknown)
        var stream = RecordStream(shape, maximumBytes: limits.recordBytes)
        var file = try await Reception(self, digesting: digesting)
        do {
            while let bytes = try await body.next() {
                var written = ByteBuffer()
                try Self.naming(&stream) { stream throws in
                    try stream.append(bytes.readableBytesView) { written.writeBytes(try lines.line($0)) }
                }
                try await file.write(written, countingAs: bytes)
            }
            var written = ByteBuffer()
            try Self.naming(&stream) { stream throws in
                try stream.finish { written.writeBytes(try lines.line($0)) }
            }
            try await file.write(written, countingAs: ByteBuffer())
            let source = shape == .array ? RunSource.jsonArray : .jsonLines
            return try await file.finish(name: source.text, form: UploadForm(limits: limits, unknown: unknown))
        } catch {
            await file.discard()
            throw error
        }
    }

    /// Says at which element the syntax is broken.
    private static func naming(
        _ stream: inout RecordStream, _ body: (inout RecordStream) throws -> Void
    ) throws {
        do {
            try body(&stream)
        } catch let error as RecordStream.SyntaxError {
            throw Refusal(.badRequest, "Record \(error.element) is not valid JSON. Nothing was accepted.")
        } catch is JSONReader.SyntaxError {
            throw Refusal(.badRequest, "Record \(stream.count) is not valid JSON. Nothing was accepted.")
        }
    }

    /// One file on its way into the spool.
    private struct Reception {
        private var file: SpoolFile
        private var digest: SHA256?
        private var size = 0
        /// Bytes of the file: what is no record takes more room there than it took on its way.
        private var written = 0
        private let receiver: UploadReceiver

        init(_ receiver: UploadReceiver, digesting: Bool) async throws {
            self.receiver = receiver
            digest = digesting ? SHA256() : nil
            do {
                file = try await SpoolFile(
                    in: receiver.directory, threads: receiver.threads, checkRoom: receiver.checkRoom)
            } catch let error as Errno {
                throw Refusal.spoolFault(error)
            }
        }

        mutating func write(_ bytes: ByteBuffer) async throws {
            try await write(bytes, countingAs: bytes)
        }

        /// - Parameter received: what came from the client, when something else is written.
        mutating func write(_ bytes: ByteBuffer, countingAs received: ByteBuffer) async throws {
            size += received.readableBytes
            written += bytes.readableBytes
            guard size <= receiver.limits.uploadBytes else { throw Refusal.fileTooLarge(receiver.limits) }
            guard written <= receiver.limits.uploadBytes else { throw Refusal.tooManyElements }
            if digest != nil { received.withUnsafeReadableBytes { digest?.update(bufferPointer: $0) } }
            do {
                try await file.write(bytes)
            } catch let error as Errno {
                throw Refusal.spoolFault(error)
            }
        }

        mutating func finish(name: String, form: UploadForm) async throws -> ReceivedUpload {
            do {
                let path = try await file.finish()
                receiver.statistics.received(bytes: size)
                return ReceivedUpload(
                    path: path, name: name, fields: form.fieldValues, type: form.fileType,
                    digest: digest.map { RequestDigest($0.finalize()) })
            } catch let error as Errno {
                throw Refusal.spoolFault(error)
            }
        }

        func discard() async { await file.discard() }
    }
}

extension Refusal {
    static let noFile = Refusal(.badRequest, "CSV file required.")
    static let tooManyElements = Refusal(
        .payloadTooLarge,
        "Too many elements are no records: what is wrong with them takes more room than an upload may.")
    static let noRecords = Refusal(.badRequest, "The body is empty. Send one record per line.")
    static let notCSV = Refusal(.unsupportedMediaType, "Unsupported file format. Only CSV files are accepted.")
    static let bodyNotCSV = Refusal(
        .unsupportedMediaType,
        notCSV.message + " Send the file with the header Content-Type: text/csv, or in the field file of a form.")
    /// What `curl -d @file.csv` sends.
    static let bodyIsForm = Refusal(
        .badRequest,
        noFile.message + " Send it with the header Content-Type: text/csv and, in curl, with "
            + "--data-binary @file.csv: -d removes the line ends.")

    static func fileTooLarge(_ limits: ListenerLimits) -> Refusal {
        Refusal(.payloadTooLarge, "The file is larger than \(limits.uploadBytes) bytes.")
    }

    static func spoolFault(_ error: Errno) -> Refusal {
        .unavailable("The upload could not be stored: \(error).", retryAfter: 30)
    }
}
