using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using SandboxOperator.Sandboxes.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Sandboxes.Tests.Agents;

public sealed class AgentFilesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("plain.csv")]
    [InlineData("a/b/c.txt")]
    [InlineData("später wöchentlich #1?&+%2f.csv")]
    [InlineData("back\\slash")]
    [InlineData("日本語.xlsx")]
    public async Task A_file_goes_in_and_comes_out_under_its_name(string path)
    {
        string? seen = null;
        byte[] stored = [];
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            seen = context.Request.Path.Value;
            if (HttpMethods.IsPut(context.Request.Method))
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                stored = body.ToArray();
                return;
            }

            context.Response.ContentLength = stored.Length;
            await context.Response.Body.WriteAsync(stored);
        });
        using var client = agent.Client();

        await client.PutFileAsync(
            path,
            new MemoryStream(Encoding.UTF8.GetBytes("hello")),
            length: null,
            alias: null,
            Token
        );
        seen.ShouldBe("/files/" + path);
        await using var file = (await client.OpenFileAsync(path, Token)).ShouldNotBeNull();

        file.Bytes.ShouldBe(5);
        (await new StreamReader(file.Content).ReadToEndAsync(Token)).ShouldBe("hello");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../up")]
    [InlineData("a/../../up")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".")]
    [InlineData("new\nline")]
    [InlineData("nul\0")]
    [InlineData("rtl\u202egnp.exe")]
    public async Task A_bad_path_never_reaches_the_agent(string path)
    {
        await using var agent = await FakeAgent.StartAsync(_ => throw new InvalidOperationException("asked"));
        using var client = agent.Client();

        SandboxPath.IsValid(path).ShouldBeFalse();
        (await client.OpenFileAsync(path, Token)).ShouldBeNull();
        await Should.ThrowAsync<SandboxFileException>(() => client.PutFileAsync(path, Stream.Null, 0, null, Token));
        await Should.ThrowAsync<SandboxFileException>(() => client.PutFileAsync("ok", Stream.Null, 0, path, Token));
        await Should.ThrowAsync<SandboxFileException>(() => client.DeleteFileAsync(path, Token));
    }

    [Fact]
    public void A_path_of_1025_bytes_is_too_long()
    {
        var path = string.Join('/', Enumerable.Repeat(new string('a', 204), 5));

        SandboxPath.IsValid(path).ShouldBeTrue();
        SandboxPath.IsValid(path + "b").ShouldBeFalse();
    }

    [Fact]
    public void A_path_that_is_no_unicode_is_refused() => SandboxPath.IsValid("half\ud800").ShouldBeFalse();

    [Fact]
    public async Task A_file_that_does_not_fit_is_refused_in_words()
    {
        await using var agent = await FakeAgent.StartAsync(context =>
        {
            context.Response.StatusCode = 507;
            return context.Response.WriteAsync("""{"code":"disk_full","message":"4096 MiB are used"}""");
        });
        using var client = agent.Client();
        var big = new byte[8 << 20];

        var refused = await Should.ThrowAsync<SandboxFileException>(() =>
            client.PutFileAsync("big", new MemoryStream(big), big.Length, null, Token)
        );

        refused.Message.ShouldBe("4096 MiB are used");
    }

    [Fact]
    public async Task A_missing_file_is_null_and_deleting_it_is_fine()
    {
        await using var agent = await FakeAgent.StartAsync(context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        using var client = agent.Client();

        (await client.OpenFileAsync("gone", Token)).ShouldBeNull();
        await client.DeleteFileAsync("gone", Token);
        await client.InterruptAsync("call_1", Token);
    }

    [Fact]
    public async Task A_file_shorter_than_announced_is_an_error()
    {
        var opened = new TaskCompletionSource();
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await FakeAgent.WriteAsync(context, "short");
            await opened.Task;
            context.Abort();
        });
        using var client = agent.Client();
        await using var file = (await client.OpenFileAsync("a", Token)).ShouldNotBeNull();
        opened.SetResult();

        await Should.ThrowAsync<SandboxLostException>(() => file.Content.CopyToAsync(Stream.Null, Token));
    }

    [Fact]
    public async Task A_file_without_a_length_is_refused()
    {
        await using var agent = await FakeAgent.StartAsync(context => FakeAgent.WriteAsync(context, "endless?"));
        using var client = agent.Client();

        await Should.ThrowAsync<SandboxLostException>(() => client.OpenFileAsync("a", Token));
    }

    [Fact]
    public async Task An_agent_that_never_answers_is_a_lost_sandbox()
    {
        await using var agent = await FakeAgent.StartAsync(context =>
            Task.Delay(Timeout.Infinite, context.RequestAborted)
        );
        using var client = agent.Client(new AgentClientOptions { Answer = TimeSpan.FromMilliseconds(100) });

        await Should.ThrowAsync<SandboxLostException>(() => client.GetStatusAsync(Token));
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        await using var agent = await FakeAgent.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await FakeAgent.WriteAsync(context, new string(' ', 10_000));
            }
        });
        using var client = agent.Client(new AgentClientOptions { BodyBytes = 1 << 20 });

        await Should.ThrowAsync<SandboxLostException>(() => client.ListFilesAsync(Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"incarnation\":1,\"version\":\"x\"}")]
    public async Task A_status_that_is_none_is_a_lost_sandbox(string body)
    {
        await using var agent = await FakeAgent.StartAsync(context => context.Response.WriteAsync(body));
        using var client = agent.Client();

        await Should.ThrowAsync<SandboxLostException>(() => client.GetStatusAsync(Token));
    }

    [Fact]
    public async Task What_a_status_leaves_out_or_garbles_is_not_there()
    {
        const string Body = """
            {
              "incarnation": "i", "version": "1", "ready": true,
              "limits": [null, {}, { "resource": "time", "limit": "1 s", "enforced_by": "init" }],
              "isolation": null
            }
            """;
        await using var agent = await FakeAgent.StartAsync(context => FakeAgent.WriteAsync(context, Body));
        using var client = agent.Client();

        var status = await client.GetStatusAsync(Token);

        status.Limits.ShouldHaveSingleItem().Resource.ShouldBe("time");
        status.Isolation.ShouldBeEmpty();
        AgentReadiness.Of(status).IsReady.ShouldBeFalse("nothing says that it is isolated");
    }

    [Fact]
    public async Task What_the_source_of_an_upload_throws_is_not_the_sandboxs_fault()
    {
        await using var agent = await FakeAgent.StartAsync(context => context.Request.Body.CopyToAsync(Stream.Null));
        using var client = agent.Client();
        await using var closed = new FileStream(Path.GetTempFileName(), FileMode.Open);
        await closed.DisposeAsync();

        await Should.ThrowAsync<InvalidOperationException>(() => client.PutFileAsync("a", closed, null, null, Token));
        File.Delete(closed.Name);
    }
}
