using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Store.Entities;

namespace SandboxOperator.Gateway.Conversation;

/// <summary>Puts the rows of a thread into the order in which the model reads them.</summary>
internal static class ThreadHistory
{
    /// <summary>
    /// Clients' messages in order, and behind the message a run was made after, the turns of that run. Messages that
    /// runs made are left out, because their turns say the same; a turn whose message is gone loses its text.
    /// </summary>
    public static IReadOnlyList<HistoryItem> From(
        IEnumerable<MessageEntity> messages,
        IEnumerable<RunEntity> runs,
        IEnumerable<TurnEntity> turns,
        IEnumerable<ToolResultEntity> results
    )
    {
        var all = messages.ToList();
        var present = all.Select(message => message.Id).ToHashSet(StringComparer.Ordinal);
        var resultsOf = results.ToLookup(result => result.TurnSeq);
        var turnsOf = turns.ToLookup(turn => turn.RunId, StringComparer.Ordinal);

        var placed = new List<(long After, long Seq, HistoryItem Item)>();
        foreach (var message in all.Where(message => message.RunId is null))
        {
            placed.Add((message.Seq, -1, ToItem(message)));
        }
        foreach (var run in runs)
        {
            foreach (var turn in turnsOf[run.Id])
            {
                placed.Add((run.AfterMessageSeq, turn.Seq, ToItem(turn, resultsOf[turn.Seq], present)));
            }
        }
        return [.. placed.OrderBy(entry => entry.After).ThenBy(entry => entry.Seq).Select(entry => entry.Item)];
    }

    private static ClientMessage ToItem(MessageEntity message) =>
        new(message.Role, JsonNode.Parse(message.Content)!.AsArray(), JsonNode.Parse(message.Attachments)!.AsArray());

    private static RunTurn ToItem(TurnEntity turn, IEnumerable<ToolResultEntity> results, HashSet<string> present) =>
        new(
            turn.RunId,
            JsonNode.Parse(turn.Message)!.AsObject(),
            results
                .GroupBy(result => result.ToolCallId, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Content, StringComparer.Ordinal),
            turn.MessageId is { } id && !present.Contains(id)
        );
}
