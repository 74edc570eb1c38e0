using System.ClientModel;
using OpenAI.Assistants;
using SandboxOperator.Clients.Tests.Harness;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Clients.Tests;

/// <summary>Questions, functions and cancellation through the .NET client.</summary>
public sealed class QuestionTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task A_standard_deviation_is_computed()
    {
        world.Model.When(
            "standard deviation",
            ScriptedTurn.Python("import statistics\nprint(statistics.stdev([2, 4, 4, 4, 5, 5, 7, 9]))"),
            ScriptedTurn.Say("It is {{last_tool_output:([0-9.]+)}}.")
        );

        var run = await world.AskAsync("What is the standard deviation of 2, 4, 4, 4, 5, 5, 7, 9?");

        run.ShouldBeCompleted(world);
        var message = await world.LastMessageAsync(run);
        message.Text().ShouldStartWith("It is 2.138089935");
        message.RunId.ShouldBe(run.Id);
        run.Usage.TotalTokenCount.ShouldBeGreaterThan(0);
        var call = (await world.CallsAsync(run)).ShouldHaveSingleItem();
        call.CodeInterpreterInput.ShouldContain("statistics.stdev");
        call.CodeInterpreterOutputs.ShouldHaveSingleItem().Logs.ShouldStartWith("2.138089935");
    }

    [Fact]
    public async Task A_KeyError_is_corrected()
    {
        world.Model.When(
            "mean of the price",
            ScriptedTurn.Python("import pandas as pd\ndf = pd.DataFrame({'price': [1, 2, 6]})\ndf['Price'].mean()"),
            ScriptedTurn.Python("print(df['price'].mean())") with
            {
                IfToolOutput = "KeyError",
                Else = ScriptedTurn.Say("No error came."),
            },
            ScriptedTurn.Say("{{last_tool_output:([0-9.]+)}}")
        );

        var run = await world.AskAsync("What is the mean of the price?");

        run.ShouldBeCompleted(world);
        (await world.LastMessageAsync(run)).Text().ShouldBe("3.0");
        var calls = await world.CallsAsync(run);
        calls.Count.ShouldBe(2);
        calls[0].CodeInterpreterOutputs[0].Logs.ShouldContain("KeyError: 'Price'");
    }

    [Fact]
    public async Task A_function_and_the_interpreter_work_in_one_run()
    {
        world.Model.When(
            "price in euros",
            new ScriptedTurn
            {
                ToolCalls =
                [
                    new ScriptedToolCall { Python = "dollars = 200" },
                    new ScriptedToolCall { Name = "rate", Arguments = new System.Text.Json.Nodes.JsonObject() },
                ],
            },
            ScriptedTurn.Python("print(dollars * {{last_tool_output}})"),
            ScriptedTurn.Say("{{last_tool_output:([0-9.]+)}} euros")
        );
        var assistant = await world.CreateInterpreterAsync(ToolDefinition.CreateFunction("rate"));
        var options = new ThreadCreationOptions { InitialMessages = { "What is the price in euros?" } };

        var run = await world.FinishAsync(await world.Assistants.CreateThreadAndRunAsync(assistant.Id, options));
        run.Status.ShouldBe(RunStatus.RequiresAction, world.GatewayLog);
        var action = run.RequiredActions.ShouldHaveSingleItem();
        action.FunctionName.ShouldBe("rate");
        run = await world.FinishAsync(
            await world.Assistants.SubmitToolOutputsToRunAsync(
                run.ThreadId,
                run.Id,
                [new ToolOutput(action.ToolCallId, "0.5")]
            )
        );

        run.ShouldBeCompleted(world);
        (await world.LastMessageAsync(run)).Text().ShouldBe("100.0 euros");
    }

    [Fact]
    public async Task A_long_call_is_cancelled()
    {
        world.Model.When("for ever", ScriptedTurn.Python("import time\nwhile True:\n    time.sleep(0.05)"));
        var assistant = await world.CreateInterpreterAsync();
        var options = new ThreadCreationOptions { InitialMessages = { "Run for ever." } };
        ThreadRun run = await world.Assistants.CreateThreadAndRunAsync(assistant.Id, options);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await world.CallsAsync(run)).Count == 0)
        {
            await Task.Delay(50, deadline.Token);
        }

        ThreadRun cancelling = await world.Assistants.CancelRunAsync(run.ThreadId, run.Id);
        var cancelled = await world.FinishAsync(cancelling);

        cancelled.Status.ShouldBe(RunStatus.Cancelled, world.GatewayLog);
        cancelled.CancelledAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Objects_are_made_listed_changed_and_deleted()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            Assistant made = await world.Assistants.CreateAssistantAsync(
                "gpt-4o",
                new AssistantCreationOptions { Name = $"{i}" }
            );
            ids.Add(made.Id);
        }
        var listed = new List<string>();
        var options = new AssistantCollectionOptions { PageSizeLimit = 2, Order = AssistantCollectionOrder.Ascending };
        await foreach (var one in world.Assistants.GetAssistantsAsync(options))
        {
            listed.Add(one.Id);
        }
        listed.Where(ids.Contains).ShouldBe(ids);

        Assistant changed = await world.Assistants.ModifyAssistantAsync(
            ids[0],
            new AssistantModificationOptions { Metadata = { ["k"] = "v" } }
        );
        changed.Metadata["k"].ShouldBe("v");
        AssistantDeletionResult deleted = await world.Assistants.DeleteAssistantAsync(ids[0]);
        deleted.Deleted.ShouldBeTrue();
        var missing = await Should.ThrowAsync<ClientResultException>(async () =>
            await world.Assistants.GetAssistantAsync(ids[0])
        );
        missing.Status.ShouldBe(404);
        missing.Message.ShouldContain($"No assistant found with id '{ids[0]}'.");
    }

    [Fact]
    public async Task Models_are_listed_and_chat_is_forwarded()
    {
        world.Model.When("Forward me", ScriptedTurn.Say("Forwarded."));

        (await world.Models.GetModelsAsync()).Value.Select(model => model.Id).ShouldContain("scripted-model");
        (await world.Chat.CompleteChatAsync("Forward me.")).Value.Content[0].Text.ShouldBe("Forwarded.");
    }
}
