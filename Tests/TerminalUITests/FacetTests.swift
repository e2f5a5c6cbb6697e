import CustomerRecords
import DeliveryModel
import Foundation
import Testing

@testable import TerminalKit
@testable import TerminalUI

@Suite("The facets of failed records")
struct FacetTests {
    @Test("facets filter with Enter, and again with Enter no longer")
    func facets() {
        var model = Fixture.failures(size: Size(width: 132, height: 43))
        let counts = FailureFacets(kinds: [.retryable: 10, .rejected: 20], reasons: [.name: 20], statuses: ["503": 10])
        _ = update(&model, .facets(model.failures.query, .success(counts)))
        let text = SendTests.text(view(model))
        #expect(text.contains("retryable") && text.contains("503"))
        #expect(update(&model, .key(.character("f"))) == [.readFacets(FailureQuery())])
        for _ in 0..<3 { _ = update(&model, .key(.down)) }
        _ = update(&model, .key(.enter))
        #expect(model.failures.query.status == "503")
        _ = update(&model, .key(.enter))
        #expect(model.failures.query.status == nil)
        _ = update(&model, .key(.escape))
        #expect(!model.failures.facets.isFocused)
    }

    @Test("counts that change leave the cursor of the facets on its value")
    func facetsFollow() {
        var model = Fixture.failures(size: Size(width: 132, height: 43))
        func take(_ name: Int, _ age: Int) {
            let counts = FailureFacets(kinds: [.rejected: name + age], reasons: [.name: name, .age: age])
            _ = update(&model, .facets(model.failures.query, .success(counts)))
        }
        take(20, 3)
        for key in [Key.character("f"), .down] { _ = update(&model, .key(key)) }
        #expect(model.failures.facets.selected?.value == .reason(.name))
        take(20, 30)
        #expect(model.failures.facets.selected?.value == .reason(.name))
        _ = update(&model, .key(.enter))
        #expect(model.failures.query.reason == .name)
    }

    @Test("runs that have no row among the facets are counted")
    func facetsMore() {
        var model = Fixture.failures(size: Size(width: 132, height: 80))
        let runs = Dictionary(uniqueKeysWithValues: (1...53).map { (RunID(rawValue: $0), 1) })
        _ = update(&model, .facets(model.failures.query, .success(FailureFacets(runs: runs))))
        #expect(SendTests.text(view(model)).contains("and 3 older runs"))
    }
}
