/// Which of the API's paths takes the records.
public enum BannerPath: Hashable, Sendable {
    case single
    case bulk

    var path: String {
        switch self {
        case .single: "/banners/show"
        case .bulk: "/banners/show/bulk"
        }
    }
}
