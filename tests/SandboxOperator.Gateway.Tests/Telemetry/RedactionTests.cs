using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.Otlp;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Telemetry;

public sealed class RedactionTests
{
    private const string InPrompt = "sk-prompt1234567890abcdef";
    private const string InCode = "ghp_code1234567890abcdefghij";
    private const string InOutput = "AKIAOUTPUT7890ABCDEF";
    private const string InName = "glpat-name1234567890abcdefghi";
    private const string InAnswer = "xoxb-answer-1234567890";
    private const string Own = "Zebra-0815";

    [Fact]
    public async Task Secrets_reach_neither_export_nor_store_nor_log()
    {
        string[] secrets = [InPrompt, InCode, InOutput, InName, InAnswer, Own];
        using var logs = new LogCapture();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var fixture = await RunFixture.StartAsync(
            null,
            [
                .. receiver.Settings,
                "Telemetry:CaptureContent=true",
                "Redaction:TimeoutMilliseconds=60000",
                "Redaction:Store=true",
                @"Redaction:Patterns:0=Zebra-\d+",
            ]
        );
        await fixture.Gateway.DisposeAsync();
        await fixture.StartGatewayAsync(builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Information);
            builder.Services.AddSingleton<ILoggerProvider>(logs);
        });
        fixture.Upstream.Enqueue(
            ScriptedTurn.Python($"print {InCode}\nprint {InOutput}\nwrite {InName}.csv a,b"),
            ScriptedTurn.Python($"raise {InOutput}"),
            ScriptedTurn.Say($"The key is {InAnswer}: [it](sandbox:/mnt/data/{InName}.csv)")
        );
        var thread = await fixture.ThreadAsync($"My key is {InPrompt} and the word is {Own}.");

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        // 1. The run did what it was to do, with the code as it was written.
        ((string?)run["status"]).ShouldBe("completed", run.ToJsonString());
        fixture.Sandboxes.Single.Executed.First().ShouldContain(InCode);
        var messages = await fixture.MessagesAsync(thread);
        ((string?)messages[0]["content"]![0]!["text"]!["value"]).ShouldBe(
            "My key is [redacted] and the word is [redacted]."
        );
        ((string?)messages[^1]["content"]![0]!["text"]!["value"])
            .ShouldNotBeNull()
            .ShouldStartWith("The key is [redacted]: ");
        var steps = await fixture.StepsAsync(thread, (string)run["id"]!);
        var call = steps[0]["step_details"]!["tool_calls"]![0]!["code_interpreter"]!;
        ((string?)call["input"]).ShouldBe("print [redacted]\nprint [redacted]\nwrite [redacted].csv a,b");
        ((string?)call["outputs"]![0]!["logs"]).ShouldBe("[redacted]\n[redacted]\n");

        // 2. Nobody else has heard of the secrets.
        var traceId = (await fixture.TraceIdAsync((string)run["id"]!)).ShouldNotBeNull();
        await receiver.TraceAsync(
            traceId,
            spans => spans.Any(span => span.Name.StartsWith("invoke_agent", StringComparison.Ordinal))
        );
        var exported = receiver.Bytes;
        exported.ShouldContain("[redacted]");
        var data = fixture.Gateway.Data;
        await fixture.Gateway.DisposeAsync();
        var stored = string.Concat(
            Directory
                .EnumerateFiles(data, "store.db*", SearchOption.AllDirectories)
                .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))
        );
        stored.ShouldContain("[redacted]");
        var logged = string.Join('\n', logs.Lines);
        logged.ShouldContain("Store opened");
        foreach (var secret in secrets)
        {
            exported.ShouldNotContain(secret);
            stored.ShouldNotContain(secret);
            logged.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task What_an_upstream_quotes_is_in_no_log()
    {
        using var logs = new LogCapture();
        await using var fixture = await RunFixture.StartAsync();
        await fixture.Gateway.DisposeAsync();
        await fixture.StartGatewayAsync(builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Information);
            builder.Services.AddSingleton<ILoggerProvider>(logs);
        });
        fixture.Upstream.Enqueue(
            new ScriptedTurn
            {
                Fault = new ScriptedFault { Status = 400, Message = "cannot read xyzzy" },
            }
        );
        var thread = await fixture.ThreadAsync("xyzzy");

        var run = await fixture.CompleteAsync(thread, await fixture.AssistantAsync());

        ((string?)run["last_error"]?["message"] ?? "").ShouldContain("xyzzy", customMessage: run.ToJsonString());
        var logged = string.Join('\n', logs.Lines);
        logged.ShouldContain("it answered with status 400");
        logged.ShouldNotContain("xyzzy");
    }
}
