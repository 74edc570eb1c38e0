using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Ledger;
using SandboxOperator.Gateway.RunLoop.Steps;
using SandboxOperator.Gateway.Runs;
using SandboxOperator.Gateway.Sessions;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>All that one worker has at hand for its run.</summary>
internal sealed record RunWork(
    ActiveRun Active,
    RunScope Scope,
    RunSteps Steps,
    RunTools Tools,
    RunHistory History,
    ThreadSandbox Sandbox,
    AnswerFiles Files,
    RunLedger Ledger
)
{
    /// <summary>The pictures of user messages, once they are loaded.</summary>
    public IReadOnlyDictionary<string, Picture>? Pictures { get; set; }

    /// <summary>The text of the newest message that a user wrote: what led to the run's calls.</summary>
    public string Prompt() =>
        string.Join(
            '\n',
            from part in History.Items.OfType<ClientMessage>().LastOrDefault(message => message.Role == "user")?.Content
                ?? []
            let text = part?["text"]?["value"]
            where text is not null
            select (string?)text
        );

    /// <summary>Charges what is known of a turn that will not be finished, with the next commit.</summary>
    /// <param name="model">The model, by its name at the upstream.</param>
    /// <param name="used">Its tokens as counted here.</param>
    public void ChargeBrokenOff(string model, ModelUsage used)
    {
        Scope.UnrecordedUsage = RunUsage.Of(used);
        Scope.Count(Scope.UnrecordedUsage);
        Scope.Stage(Ledger.Use(Scope.NextTurn, model, used, Scope.NowMs));
    }

    /// <summary>
    /// Takes up what an earlier worker left: usage that its steps have taken over, pictures that no message shows yet,
    /// and steps that are open.
    /// </summary>
    public void TakeUp()
    {
        Scope.NextTurn = History.Turns is [.., var last] ? last.Index + 1 : 0;
        Scope.Recount(History.Turns.Aggregate(default(RunUsage), (sum, turn) => sum + RunUsage.Parse(turn.Usage)));
        foreach (var step in History.Steps)
        {
            if (step.Status == StepStatuses.InProgress)
            {
                Scope.Interrupted.Add(
                    History.OpenMessages.FirstOrDefault(message =>
                        step.Details.Contains(message.Id, StringComparison.Ordinal)
                    )
                        is { } message
                        ? new MessageStep(Scope, step, message)
                        : new StoredStep(Scope, step)
                );
                continue;
            }

            Scope.Assign(RunUsage.Parse(step.Usage));
            if (step.Type == RunSteps.MessageCreation)
            {
                Scope.TakeImages();
                continue;
            }

            foreach (var image in ImagesOf(step.Details))
            {
                Scope.AddImage(image);
            }
        }
    }

    private static IEnumerable<string> ImagesOf(string details) =>
        from call in JsonNode.Parse(details)?["tool_calls"] as JsonArray ?? []
        from output in call?["code_interpreter"]?["outputs"] as JsonArray ?? []
        let image = (string?)output?["image"]?["file_id"]
        where image is not null
        select image;
}
