#if PostgreSQL
import CPostgreSQL
import Foundation

/// One connection to the database, used by one thread. Statements go out together and their answers come back together,
/// so that a transaction of many costs one way there and back.
final class Session {
    private let connection: OpaquePointer
    /// Names of prepared statements by their text.
    private var prepared: [String: String] = [:]
    private var lastName = 0
    /// Whether it was asked to hear announcements.
    private(set) var isListening = false
    /// Whether the caller wants everything to end, whatever is under way.
    private let isCancelled: () -> Bool

    init(_ settings: JournalAddress, isCancelled: @escaping () -> Bool) throws(PostgreSQLFault) {
        self.isCancelled = isCancelled
        guard let connection = settings.start() else { throw .lost("no memory for a connection") }
        self.connection = connection
        // Whatever is thrown from here on ends the connection by `deinit`.
        try connect(within: settings.connectSeconds)
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else { throw lost() }
    }

    deinit { PQfinish(connection) }

    private func connect(within seconds: Int) throws(PostgreSQLFault) {
        let deadline = Deadline(seconds: seconds)
        var direction = PGRES_POLLING_WRITING
        while true {
            guard PQstatus(connection) != CONNECTION_BAD else { throw .lost(lastMessage) }
            try wait(direction == PGRES_POLLING_READING ? Int16(POLLIN) : Int16(POLLOUT), until: deadline)
            direction = PQconnectPoll(connection)
            if direction == PGRES_POLLING_OK { break }
            guard direction != PGRES_POLLING_FAILED else { throw .lost(lastMessage) }
        }
        // What the server remarks is not a result; a statement's own answer says what happened.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    // MARK: Statements

    @discardableResult
    func run(_ sql: String, _ values: [Value] = [], within seconds: Int? = nil) throws(PostgreSQLFault) -> QueryResult {
        try run([Statement(sql, values)], within: seconds)[0]
    }

    /// Sends statements together and waits for all of their answers.
    /// - Parameter seconds: how long that may take; `nil` is forever.
    /// - Throws: the first error. Statements behind it were not performed.
    func run(_ statements: [Statement], within seconds: Int? = nil) throws(PostgreSQLFault) -> [QueryResult] {
        let deadline = seconds.map { Deadline(seconds: $0) }
        var fresh: [String] = []
        var isPreparation: [Bool] = []
        for statement in statements {
            if prepared[statement.sql] == nil {
                lastName += 1
                guard PQsendPrepare(connection, "s\(lastName)", statement.sql, 0, nil) == 1 else { throw lost() }
                prepared[statement.sql] = "s\(lastName)"
                fresh.append(statement.sql)
                isPreparation.append(true)
            }
            try send(prepared[statement.sql] ?? "", statement.values)
            isPreparation.append(false)
        }
        guard PQpipelineSync(connection) == 1 else { throw lost() }
        var answers: [QueryResult] = []
        var fault: PostgreSQLFault?
        for isPreparation in isPreparation {
            switch try result(until: deadline) {
            case .success(let answer): if !isPreparation { answers.append(answer) }
            case .failure(let error): fault = fault ?? error
            }
        }
        try awaitSync(until: deadline)
        guard let fault else { return answers }
        // Whether a statement was prepared before the error is not worth knowing.
        for sql in fresh { prepared[sql] = nil }
        throw fault
    }

    /// Several statements in one text, without parameters.
    func script(_ sql: String) throws(PostgreSQLFault) {
        guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, sql) == 1 else { throw lost() }
        var fault: PostgreSQLFault?
        while true {
            try waitForAnswer(until: nil)
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            let status = PQresultStatus(result)
            if status == PGRES_FATAL_ERROR { fault = fault ?? self.fault(result) }
        }
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
        if let fault { throw fault }
    }

    // MARK: Announcements

    func listen(_ statement: Statement) throws(PostgreSQLFault) {
        _ = try run([statement], within: 5)
        isListening = true
    }

    /// What other sessions announced since this was asked last; waits for the first.
    func announcements(within limit: Duration) throws(PostgreSQLFault) -> [String] {
        var found: [String] = []
        let end = ContinuousClock.now + limit
        while true {
            guard PQconsumeInput(connection) == 1 else { throw lost() }
            while let announced = PQnotifies(connection) {
                found.append(String(cString: announced.pointee.extra))
                PQfreemem(announced)
            }
            let left = ContinuousClock.now.duration(to: end)
            guard found.isEmpty, left > .zero else { return found }
            var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(left.components.attoseconds / 1_000_000_000_000_000) + 1
            guard poll(&descriptor, 1, milliseconds) >= 0 || errno == EINTR else {
                throw .lost("poll: \(String(cString: strerror(errno)))")
            }
        }
    }

    private func send(_ name: String, _ values: [Value]) throws(PostgreSQLFault) {
        let encoded = values.map(\.encoded)
        var bytes: [UInt8] = []
        var offsets: [Int?] = []
        for value in encoded {
            offsets.append(value.map { _ in bytes.count })
            // Text ends with a NUL.
            if let value { bytes += value.bytes + [0] }
        }
        let lengths = encoded.map { Int32($0?.bytes.count ?? 0) }
        let formats: [Int32] = encoded.map { $0?.isBinary == true ? 1 : 0 }
        let sent = bytes.withUnsafeBytes { buffer in
            let base = buffer.bindMemory(to: CChar.self).baseAddress
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return PQsendQueryPrepared(connection, name, Int32(values.count), pointers, lengths, formats, 0)
        }
        guard sent == 1 else { throw lost() }
    }

    // MARK: Answers

    private func result(until deadline: Deadline?) throws(PostgreSQLFault) -> Result<QueryResult, PostgreSQLFault> {
        try waitForAnswer(until: deadline)
        guard let result = PQgetResult(connection) else { throw lost() }
        defer { PQclear(result) }
        let answer: Result<QueryResult, PostgreSQLFault>
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: answer = .success(Self.answer(result))
        case PGRES_PIPELINE_ABORTED: answer = .failure(PostgreSQLFault(code: "25P02", message: "an earlier error"))
        default: answer = .failure(fault(result))
        }
        guard PQstatus(connection) == CONNECTION_OK else { throw lost() }
        // Each statement's results end with none.
        try waitForAnswer(until: deadline)
        if let more = PQgetResult(connection) { PQclear(more) }
        return answer
    }

    private func awaitSync(until deadline: Deadline?) throws(PostgreSQLFault) {
        try waitForAnswer(until: deadline)
        guard let result = PQgetResult(connection) else { throw lost() }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_PIPELINE_SYNC else { throw lost() }
    }

    private static func answer(_ result: OpaquePointer) -> QueryResult {
        let names = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
        let columns = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        let rows = (0..<PQntuples(result)).map { row in
            Row(
                columns: columns,
                values: (0..<Int32(names.count)).map { column in
                    guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column)
                    else { return nil }
                    let bytes = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result, row, column)))
                    return String(decoding: bytes, as: UTF8.self)
                })
        }
        return QueryResult(rows: rows, count: Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    private func fault(_ result: OpaquePointer) -> PostgreSQLFault {
        // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY
        let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        return PostgreSQLFault(code: code, message: message ?? lastMessage)
    }

    private func lost() -> PostgreSQLFault { .lost(lastMessage) }

    private var lastMessage: String {
        let text = String(cString: PQerrorMessage(connection)).split(separator: "\n").first.map(String.init)
        return text ?? "the connection is closed"
    }

    // MARK: Waiting

    /// Returns when an answer is there, and sends what is still to be sent while it waits.
    private func waitForAnswer(until deadline: Deadline?) throws(PostgreSQLFault) {
        while true {
            let unsent = PQflush(connection)
            guard unsent >= 0 else { throw lost() }
            guard PQisBusy(connection) == 1 else { return }
            try wait(Int16(POLLIN) | (unsent > 0 ? Int16(POLLOUT) : 0), until: deadline)
            guard PQconsumeInput(connection) == 1 else { throw lost() }
        }
    }

    private func wait(_ events: Int16, until deadline: Deadline?) throws(PostgreSQLFault) {
        while true {
            guard !isCancelled() else { throw .lost("the journal is closed") }
            if let deadline, deadline.isOver { throw .lost("no response from the database") }
            var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
            let ready = poll(&descriptor, 1, 250)
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw .lost("poll: \(String(cString: strerror(errno)))") }
        }
    }
}

/// A moment that no clock change moves.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(seconds: Int) { end = .now.advanced(by: .seconds(seconds)) }
    var isOver: Bool { .now >= end }
}
#endif
