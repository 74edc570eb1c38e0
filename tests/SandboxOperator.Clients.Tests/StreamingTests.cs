using System.Text;
using OpenAI.Assistants;
using SandboxOperator.Clients.Tests.Harness;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Clients.Tests;

/// <summary>Answers as they come, through the .NET client.</summary>
public sealed class StreamingTests(World world) : IClassFixture<World>
{
    private const string Code = "print('streaming')\nprint(6 * 7)";

    [Fact]
    public async Task Code_output_and_text_arrive_in_their_order()
    {
        world.Model.When(
            "Stream, please",
            ScriptedTurn.Python(Code),
            ScriptedTurn.Say("The answer is {{last_tool_output:(\\d+)}}, see [it](sandbox:/mnt/data/it.txt).")
        );
        var assistant = await world.CreateInterpreterAsync();
        var options = new ThreadCreationOptions { InitialMessages = { "Stream, please." } };
        var (typed, logs, text) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        var kinds = new List<StreamingUpdateReason>();

        await foreach (var update in await world.Assistants.CreateThreadAndRunStreamingAsync(assistant.Id, options))
        {
            kinds.Add(update.UpdateKind);
            switch (update)
            {
                case RunStepDetailsUpdate step:
                    typed.Append(step.CodeInterpreterInput);
                    foreach (var output in step.CodeInterpreterOutputs ?? [])
                    {
                        logs.Append(output.Logs);
                    }
                    break;
                case MessageContentUpdate content:
                    logs.Length.ShouldBeGreaterThan(0, "the output comes before the answer");
                    text.Append(content.Text);
                    break;
            }
        }

        typed.ToString().ShouldBe(Code);
        logs.ToString().Trim().ShouldBe("streaming\n42");
        text.ToString().ShouldStartWith("The answer is 42, see ");
        kinds[0].ShouldBe(StreamingUpdateReason.ThreadCreated);
        kinds.Where(kind => kind != StreamingUpdateReason.Done).Last().ShouldBe(StreamingUpdateReason.RunCompleted);
    }

    [Fact]
    public async Task A_function_call_is_answered_in_a_second_stream()
    {
        world.Model.When(
            "weather",
            ScriptedTurn.Function("weather", new System.Text.Json.Nodes.JsonObject { ["city"] = "Oslo" }),
            ScriptedTurn.Say("It is {{last_tool_output}}.")
        );
        var assistant = await world.CreateInterpreterAsync(ToolDefinition.CreateFunction("weather"));
        var options = new ThreadCreationOptions { InitialMessages = { "How is the weather?" } };
        var text = new StringBuilder();
        RunUpdate? last = null;

        var updates = world.Assistants.CreateThreadAndRunStreamingAsync(assistant.Id, options);
        while (updates is not null)
        {
            var outputs = new List<ToolOutput>();
            await foreach (var update in await updates)
            {
                switch (update)
                {
                    case RequiredActionUpdate action:
                        action.FunctionArguments.ShouldContain("Oslo");
                        outputs.Add(new ToolOutput(action.ToolCallId, "cold"));
                        last = action;
                        break;
                    case RunUpdate run:
                        last = run;
                        break;
                    case MessageContentUpdate content:
                        text.Append(content.Text);
                        break;
                }
            }
            updates =
                outputs.Count > 0
                    ? world.Assistants.SubmitToolOutputsToRunStreamingAsync(
                        last!.Value.ThreadId,
                        last.Value.Id,
                        outputs
                    )
                    : null;
        }

        last!.Value.Status.ShouldBe(RunStatus.Completed, world.GatewayLog);
        text.ToString().ShouldBe("It is cold.");
    }
}
