using System.Linq.Expressions;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Console.Runs;

/// <summary>What pages show of a message. Both texts of JSON may end anywhere, see <see cref="JsonBeginning"/>.</summary>
/// <param name="Id">The message.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="RunId">The run that made it, or null.</param>
/// <param name="CreatedAtMs">Unix milliseconds.</param>
/// <param name="IncompleteReason">Why it is not whole; null when it is.</param>
/// <param name="Content">The beginning of its parts.</param>
/// <param name="Attachments">The beginning of its attachments.</param>
internal sealed record ShownMessage(
    string Id,
    string Role,
    string? RunId,
    long CreatedAtMs,
    string? IncompleteReason,
    string Content,
    string Attachments
)
{
    /// <summary>Twice what a page shows: quotes and line ends take two characters in JSON.</summary>
    private const int MaxChars = 2 * CallOutput.MaxChars;

    /// <summary>Messages may be as long as a request: the store hands over no more than a page shows.</summary>
    public static readonly Expression<Func<MessageEntity, ShownMessage>> OfRow = row => new ShownMessage(
        row.Id,
        row.Role,
        row.RunId,
        row.CreatedAtMs,
        row.IncompleteReason,
        row.Content.Substring(0, MaxChars),
        row.Attachments.Substring(0, MaxChars)
    );
}
