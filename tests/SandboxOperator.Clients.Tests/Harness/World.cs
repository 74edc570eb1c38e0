using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Assistants;
using OpenAI.Chat;
using OpenAI.Files;
using OpenAI.Models;
using SandboxOperator.Testing.ScriptedUpstream;
using Xunit;

namespace SandboxOperator.Clients.Tests.Harness;

/// <summary>A gateway with the scripted model behind it, and the SDK's clients in front of it.</summary>
public sealed class World : IAsyncLifetime
{
    private GatewayProcess? _gateway;
    private HttpClient? _http;
    private OpenAIClient? _client;

    /// <summary>The model: tests say what it answers.</summary>
    public ScriptedUpstreamServer Model { get; private set; } = null!;

    public AssistantClient Assistants => _client!.GetAssistantClient();

    public OpenAIFileClient Files => _client!.GetOpenAIFileClient();

    public OpenAIModelClient Models => _client!.GetOpenAIModelClient();

    public ChatClient Chat => _client!.GetChatClient("scripted-model");

    public string GatewayLog => _gateway!.Output;

    public async ValueTask InitializeAsync()
    {
        Model = await ScriptedUpstreamServer.StartAsync();
        _gateway = await GatewayProcess.StartAsync(Model.BaseUrl);
        _http = new HttpClient(new RecordingHandler());
        _client = new OpenAIClient(
            new ApiKeyCredential("any-key"),
            new OpenAIClientOptions
            {
                Endpoint = new Uri(_gateway.Url, "/v1"),
                Transport = new HttpClientPipelineTransport(_http),
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }
        _http?.Dispose();
        await Model.DisposeAsync();
    }
}
