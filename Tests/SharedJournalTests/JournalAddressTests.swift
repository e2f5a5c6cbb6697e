#if PostgreSQL
import DeliveryModel
import Testing

@testable import SharedJournal

@Suite("The shared journal's address")
struct JournalAddressTests {
    @Test(
        "a password in it is refused, unless it comes from a file",
        arguments: [
            "postgresql://user:secret@db/connector", "postgresql://user@db/connector?password=secret",
        ])
    func password(_ url: String) throws {
        #expect {
            _ = try JournalAddress(url, mayHoldPassword: false)
        } throws: { error in
            !"\(error)".contains("secret") && "\(error)".contains("--journal-file")
        }
        #expect(try !JournalAddress(url, mayHoldPassword: true).name.contains("secret"))
    }

    @Test(
        "what is not an address is refused without repeating it",
        arguments: [
            "", "mysql://db", "postgresql://user:secret@[::1", "/var/lib/journal",
        ])
    func unusable(_ url: String) {
        #expect {
            _ = try JournalAddress(url, mayHoldPassword: true)
        } throws: { error in
            !"\(error)".contains("secret") && "\(error)".hasPrefix("The journal's address can't be used: ")
        }
    }

    @Test("the connection is encrypted and the server's name checked, except on this machine and unless told otherwise")
    func encryption() throws {
        func mode(_ url: String) throws -> String? { try JournalAddress(url, mayHoldPassword: false).option("sslmode") }
        #expect(try mode("postgresql://u@db.example.com/j") == "verify-full")
        #expect(try mode("postgresql://u@localhost,db/j") == "verify-full")
        #expect(try mode("postgresql://u@db/j?sslmode=require") == "require")
        #expect(try mode("postgresql://u@127.0.0.1/j") == nil)
        #expect(try mode("postgresql:///j?host=/run/postgresql") == nil)
    }
}
#endif
