using System.Net;
using System.Text.RegularExpressions;

namespace SandboxOperator.Cluster.Tests.Console;

/// <summary>The rows of a page's tables as a reader sees them: their words, with one space in between.</summary>
internal static partial class ShownRow
{
    public static IReadOnlyList<string> Of(string page) =>
        [
            .. Row()
                .Matches(page)
                .Select(row => Spaces().Replace(WebUtility.HtmlDecode(Tag().Replace(row.Value, " ")), " ").Trim()),
        ];

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
