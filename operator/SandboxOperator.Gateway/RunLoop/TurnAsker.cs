using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Conversation;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Ledger.Budgets;
using SandboxOperator.Gateway.Models;
using SandboxOperator.Gateway.Telemetry;
using SandboxOperator.Gateway.Upstream;

namespace SandboxOperator.Gateway.RunLoop;

/// <summary>Asks the model for the next turn of a run.</summary>
internal sealed class TurnAsker(
    IModelClient models,
    IModelCatalog catalog,
    ModelAliases aliases,
    ConversationBuilder conversations,
    FileService files,
    RunSpans spans
)
{
    /// <summary>What is to happen when a run's tokens are used up.</summary>
    public const string CompletionTokensUsed = "max_completion_tokens";

    /// <summary>What is to happen when a run's tokens are used up.</summary>
    public const string PromptTokensUsed = "max_prompt_tokens";

    /// <summary>Asks, and shows the answer while it comes.</summary>
    /// <param name="work">The run.</param>
    /// <param name="isLast">Whether no further turn may follow: the model is then told to call no tools.</param>
    /// <param name="before">Has to be done before anything of the turn is shown.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="ModelException">The turn failed for good.</exception>
    /// <exception cref="BudgetExceededException">A budget is used up.</exception>
    public async Task<AskedTurn> AskAsync(RunWork work, bool isLast, Task before, CancellationToken cancellationToken)
    {
        var run = work.Scope.Run;
        var model =
            catalog.Resolve(run.Model)
            ?? throw new ModelException(ModelFailure.Refused, ModelAliases.UnknownMessage(run.Model));
        work.Ledger.RequireTurn(model);
        work.Pictures ??= await PictureLoader.LoadAsync(
            work.History.Items,
            (id, cancellation) => OpenPictureAsync(run.Project, id, cancellation),
            cancellationToken
        );
        for (var failures = 0; ; failures++)
        {
            // 1. Tokens that are left.
            var input = Input(work, model, isLast, failures);
            if (input.CompletionTokensLeft <= 0)
            {
                await before;
                return new AskedTurn(model, null, null, CompletionTokensUsed);
            }

            var plan = conversations.Build(input);
            if (input.PromptTokensLeft <= 0 || !plan.Fits)
            {
                await before;
                return new AskedTurn(model, null, null, PromptTokensUsed);
            }

            // 2. The turn.
            var reader = new TurnReader(
                work.Scope,
                work.Steps,
                work.Tools,
                work.Files,
                () => work.Sandbox.Prepare(cancellationToken)
            );
            var request = new ModelRequest(model, plan.Body, work.Scope.Deadline);
            try
            {
                var turn = await AskAsync(work.Scope, request, reader, before, cancellationToken);
                return new AskedTurn(model, turn, reader, null);
            }
            catch (ModelException exception)
                when (exception.Failure == ModelFailure.ContextLength && plan.CanShrink && !reader.HasShown)
            {
                // 3. Too long for the model: again, with less.
            }
            catch (Exception) when (request.BrokenOff is { } used && work.Active.EndsHere)
            {
                // 4. An answer that broke off is paid for as well.
                work.ChargeBrokenOff(model, used);
                throw;
            }
        }
    }

    private async Task<ModelTurn> AskAsync(
        RunScope scope,
        ModelRequest request,
        TurnReader reader,
        Task before,
        CancellationToken cancellationToken
    )
    {
        using var span = spans.StartChat(scope.Run, request, scope.NextTurn);
        try
        {
            var events = models.StreamAsync(request, cancellationToken);
            var turn = await reader.ReadAsync(events, scope.NextTurn, before, cancellationToken);
            spans.EndChat(span, turn, scope);
            return turn;
        }
        catch (Exception exception)
        {
            spans.Fail(span, exception);
            RunSpans.BrokeOff(span, request.BrokenOff);
            throw;
        }
    }

    private ConversationInput Input(RunWork work, string model, bool isLast, int failures)
    {
        var run = work.Scope.Run;
        var placed = work.Tools.HasPython ? work.Sandbox.Files : [];
        return new ConversationInput
        {
            Model = model,
            History = work.History.Items,
            RunId = run.Id,
            FirstTurn = work.Scope.NextTurn == 0,
            Instructions = run.Instructions,
            SandboxPrompt = work.Tools.HasPython
                ? SandboxPrompt.Render(
                    new SandboxSituation
                    {
                        Files =
                        [
                            .. placed.Select(file => new SandboxPromptFile(file.Path, file.File.Bytes, file.File.Id)),
                        ],
                    }
                )
                : null,
            AttachedPaths = placed.ToDictionary(file => file.File.Id, file => file.Path, StringComparer.Ordinal),
            Pictures = work.Pictures!,
            Tools = work.Tools.Tools,
            ToolChoice = isLast ? "none" : JsonNode.Parse(run.ToolChoice),
            ParallelToolCalls = run.ParallelToolCalls,
            ResponseFormat = JsonNode.Parse(run.ResponseFormat),
            Temperature = run.Temperature,
            TopP = run.TopP,
            ReasoningEffort = run.ReasoningEffort,
            CompletionTokensLeft = run.MaxCompletionTokens - run.CompletionTokens,
            PromptTokensLeft = run.MaxPromptTokens - run.PromptTokens,
            LastMessages = (int?)JsonNode.Parse(run.TruncationStrategy)?["last_messages"],
            ContextWindow = aliases.ContextWindow(model),
            ContextLengthFailures = failures,
        };
    }

    private async Task<PictureFile?> OpenPictureAsync(string project, string id, CancellationToken cancellationToken)
    {
        var file = await files.FindAsync(project, id, cancellationToken);
        return file is null ? null : new PictureFile(file.Filename, file.Bytes, files.OpenRead(file));
    }
}
