using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SandboxOperator.Gateway.Hosting;
using SandboxOperator.Gateway.Store;

namespace SandboxOperator.Gateway.Tests.Hosting;

/// <summary>A whole gateway on a free port over a temporary data directory.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private TestGateway(WebApplication app, string data, bool ownsData)
    {
        _app = app;
        _ownsData = ownsData;
        Data = data;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    /// <summary>The data directory.</summary>
    public string Data { get; }

    public IServiceProvider Services => _app.Services;

    public IStore Store => Services.GetRequiredService<IStore>();

    /// <param name="data">A directory that stays afterwards; null for a temporary one.</param>
    /// <param name="configure">Replaces services.</param>
    /// <param name="settings">Such as <c>Files:MaxBytes=10</c>.</param>
    public static async Task<TestGateway> StartAsync(
        string? data = null,
        Action<WebApplicationBuilder>? configure = null,
        params string[] settings
    )
    {
        var directory = data ?? Directory.CreateTempSubdirectory("gateway-").FullName;
        string[] args =
        [
            "--Listen:Port=0",
            $"--Data:Directory={directory}",
            "--Upstream:BaseUrl=",
            "--Upstream:ApiKey=",
            "--Listen:ShutdownSeconds=5",
            "--Sandbox:Backend=none",
            .. settings.Select(setting => "--" + setting),
        ];
        var app = GatewayApp.Build(
            args,
            builder =>
            {
                builder.Logging.ClearProviders();
                configure?.Invoke(builder);
            }
        );
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new TestGateway(app, directory, ownsData: data is null);
    }

    public Task<JsonObject> GetAsync(string path, int status = 200) => SendAsync(HttpMethod.Get, path, null, status);

    public Task<JsonObject> DeleteAsync(string path, int status = 200) =>
        SendAsync(HttpMethod.Delete, path, null, status);

    /// <param name="path">Below the address, such as <c>/v1/threads</c>.</param>
    /// <param name="json">The body's text; null for no body at all.</param>
    /// <param name="status">The status that must come back.</param>
    public Task<JsonObject> PostAsync(string path, string? json = null, int status = 200) =>
        SendAsync(
            HttpMethod.Post,
            path,
            json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
            status
        );

    /// <summary>Sends a request and returns the answer's JSON; fails when the status is another one.</summary>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, HttpContent? content, int status)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, text);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Sends what must be refused, and returns the error.</summary>
    public async Task<JsonObject> RefusedAsync(string path, string json, string? param, string? code, int status = 400)
    {
        var error = (await PostAsync(path, json, status))["error"]!.AsObject();
        ((string?)error["param"]).ShouldBe(param, error.ToJsonString());
        ((string?)error["code"]).ShouldBe(code, error.ToJsonString());
        return error;
    }

    /// <summary>Uploads a small file and returns its id.</summary>
    public async Task<string> UploadAsync(string name, string content, string purpose = "assistants")
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", name },
        };
        return (string)(await SendAsync(HttpMethod.Post, "/v1/files", form, 200))["id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
