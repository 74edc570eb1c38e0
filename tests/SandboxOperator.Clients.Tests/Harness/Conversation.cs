using OpenAI.Assistants;
using Shouldly;

namespace SandboxOperator.Clients.Tests.Harness;

/// <summary>What applications write around the client: ask, wait, read the answer.</summary>
internal static class Conversation
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<Assistant> CreateInterpreterAsync(this World world, params ToolDefinition[] functions)
    {
        var options = new AssistantCreationOptions { Name = "Analyst", Instructions = "Compute." };
        options.Tools.Add(ToolDefinition.CreateCodeInterpreter());
        foreach (var function in functions)
        {
            options.Tools.Add(function);
        }
        return await world.Assistants.CreateAssistantAsync("gpt-4o", options);
    }

    public static async Task<ThreadRun> AskAsync(this World world, string question, params string[] files)
    {
        Assistant assistant = await world.CreateInterpreterAsync();
        AssistantThread thread = await world.Assistants.CreateThreadAsync();
        var message = new MessageCreationOptions
        {
            Attachments =
            [
                .. files.Select(file => new MessageCreationAttachment(file, [ToolDefinition.CreateCodeInterpreter()])),
            ],
        };
        await world.Assistants.CreateMessageAsync(thread.Id, MessageRole.User, [question], message);
        return await world.FinishAsync(await world.Assistants.CreateRunAsync(thread.Id, assistant.Id));
    }

    /// <summary>Polls as the documentation of the client shows it.</summary>
    public static async Task<ThreadRun> FinishAsync(this World world, ThreadRun run)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!run.Status.IsTerminal && run.Status != RunStatus.RequiresAction)
        {
            await Task.Delay(50, deadline.Token);
            run = await world.Assistants.GetRunAsync(run.ThreadId, run.Id, deadline.Token);
        }
        return run;
    }

    public static void ShouldBeCompleted(this ThreadRun run, World world) =>
        run.Status.ShouldBe(RunStatus.Completed, $"{run.LastError?.Message}\n--- gateway log ---\n{world.GatewayLog}");

    public static async Task<ThreadMessage> LastMessageAsync(this World world, ThreadRun run)
    {
        await foreach (var message in world.Assistants.GetMessagesAsync(run.ThreadId))
        {
            return message;
        }
        throw new InvalidOperationException("The thread is empty.");
    }

    public static async Task<IReadOnlyList<RunStepToolCall>> CallsAsync(this World world, ThreadRun run)
    {
        var options = new RunStepCollectionOptions { Order = RunStepCollectionOrder.Ascending };
        var calls = new List<RunStepToolCall>();
        await foreach (var step in world.Assistants.GetRunStepsAsync(run.ThreadId, run.Id, options))
        {
            calls.AddRange(step.Details.ToolCalls);
        }
        return calls;
    }

    public static string Text(this ThreadMessage message) =>
        string.Join('\n', message.Content.Where(part => part.Text is not null).Select(part => part.Text));
}
