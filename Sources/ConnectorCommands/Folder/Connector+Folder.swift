import DeliveryModel
import DeliveryStore
import DropFolder
import Foundation
import HTTPListener
import SystemPackage

extension Connector {
    /// The drop folder that the settings ask for.
    /// - Parameter report: is told of each file that was moved, and, without a place, of each that was delivered and
    ///   is gone.
    func folderWatch(
        _ folder: FolderSettings, defaults: LiveSettings, report: @escaping @Sendable (FileEnding, String?) -> Void
    ) -> FolderWatch {
        let watch = FolderWatch(
            folder, claims: directory.path.appending("watch"),
            delivery: EngineFileDelivery(
                engine: engine, duplicates: folder.duplicates, options: { defaults.reading }),
            logger: log.logger("watch", level: settings.logLevel), ended: report)
        shownFolder.show(watch)
        return watch
    }
}
