using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Forwarding;

public sealed class ForwardingTests
{
    [Fact]
    public async Task Without_an_upstream_the_error_names_the_setting()
    {
        await using var gateway = await TestGateway.StartAsync();
        var error = (await gateway.PostAsync("/v1/embeddings", """{"model":"m","input":"x"}""", 503))["error"]!;
        ((string)error["message"]!).ShouldContain("OPENAI_BASE_URL");
    }

    [Fact]
    public async Task A_request_reaches_the_upstream_with_its_key_and_its_name_of_the_model()
    {
        var target = "";
        var body = "";
        IHeaderDictionary? headers = null;
        await using var upstream = await UpstreamAsync(async context =>
        {
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            target = context.Request.Path + context.Request.QueryString;
            headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            context.Response.Headers["x-request-id"] = "theirs";
            context.Response.Headers.SetCookie = "a=b";
            context.Response.StatusCode = 429;
            await context.Response.WriteAsJsonAsync(new { error = new { message = "slow down" } });
        });
        await using var gateway = await StartAsync(upstream, "Upstream:Models:gpt-4o=qwen");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions?a=b")
        {
            Content = new StringContent(
                """{"model":"gpt-4o","messages":[],"x":{"y":[1.50]}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("Authorization", "Bearer mine");
        request.Headers.Add("Cookie", "secret=1");
        using var response = await gateway.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await response.Content.ReadAsStringAsync()).ShouldContain("slow down");
        response.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        body.ShouldBe("""{"model":"qwen","messages":[],"x":{"y":[1.50]}}""");
        target.ShouldBe("/v1/chat/completions?a=b");
        headers!.Authorization.ToString().ShouldBe("Bearer theirs");
        headers.ContainsKey("Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task A_stream_arrives_as_it_is_written_and_a_caller_who_leaves_ends_it()
    {
        var next = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var upstream = await UpstreamAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await next.Task;
            await context.Response.WriteAsync("data: 2\n\n");
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        await using var gateway = await StartAsync(upstream);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"m","stream":true}""", Encoding.UTF8, "application/json"),
        };
        var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe("data: 1");
        next.SetResult();
        await reader.ReadLineAsync();
        (await reader.ReadLineAsync()).ShouldBe("data: 2");

        response.Dispose();

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Forms_pass_unchanged()
    {
        var length = 0L;
        await using var upstream = await UpstreamAsync(async context =>
        {
            var form = await context.Request.ReadFormAsync();
            length = form.Files.Single().Length;
            await context.Response.WriteAsJsonAsync(new { text = form["model"].ToString() });
        });
        await using var gateway = await StartAsync(upstream);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("whisper-1"), "model" },
            { new ByteArrayContent(new byte[3_000_000]), "file", "a.mp3" },
        };
        var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/audio/transcriptions", form, 200);
        ((string?)answer["text"]).ShouldBe("whisper-1");
        length.ShouldBe(3_000_000);
    }

    [Theory]
    [InlineData("/v1/fine_tuning/jobs")]
    [InlineData("/v1/chat/completions/../models")]
    [InlineData("/v1/images/generations/x")]
    public async Task Nothing_else_is_forwarded(string path)
    {
        var asked = false;
        await using var upstream = await UpstreamAsync(context =>
        {
            asked |= context.Request.Path != "/v1/models";
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(upstream);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await gateway.Client.PostAsync(path, content);
        ((int)response.StatusCode).ShouldBeOneOf(404, 405);
        asked.ShouldBeFalse();
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_said_to_be()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Upstream:BaseUrl=http://127.0.0.1:1/v1");
        var error = (await gateway.PostAsync("/v1/moderations", """{"input":"x"}""", 502))["error"]!;
        ((string?)error["code"]).ShouldBe("upstream_unreachable");
    }

    private static Task<TestGateway> StartAsync(WebApplication upstream, params string[] settings) =>
        TestGateway.StartAsync(
            null,
            null,
            [$"Upstream:BaseUrl={upstream.Urls.First()}/v1/", "Upstream:ApiKey=theirs", .. settings]
        );

    private static async Task<WebApplication> UpstreamAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
            context.Request.Path == "/v1/models"
                ? context.Response.WriteAsJsonAsync(new { data = Array.Empty<JsonObject>() })
                : answer(context)
        );
        await app.StartAsync();
        return app;
    }
}
