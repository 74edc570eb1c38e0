using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Rbac;

namespace SandboxOperator.Kube.Events;

/// <summary>
/// Writes events one after the other. An event's name is the hash of what it says, so that every replica finds the same
/// one again; it is counted up instead of written anew for as long as the server keeps it.
/// </summary>
[EntityRbac(
    typeof(Corev1Event),
    Verbs = RbacVerbs.Get | RbacVerbs.Create | RbacVerbs.Patch,
    Role = RbacRole.Controller,
    Reason = "Tells people what happened to their sessions."
)]
internal sealed partial class EventPublisher : BackgroundService, IEventPublisher
{
    private const int MostWaiting = 4096;
    private const int LongestMessage = 1024;
    private readonly IKubeClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger<EventPublisher> _logger;
    private readonly string _component;
    private readonly Channel<Corev1Event> _waiting;

    public EventPublisher(IKubeClient client, TimeProvider time, ILogger<EventPublisher> logger, string component)
    {
        _client = client;
        _time = time;
        _logger = logger;
        _component = component;
        _waiting = Channel.CreateBounded<Corev1Event>(
            new BoundedChannelOptions(MostWaiting)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            },
            _ => KubeMetrics.Events.WithLabels("dropped").Inc()
        );
    }

    public void Publish<T>(T entity, string reason, string message, EventType type = EventType.Normal)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var kind = KubeKind.Of<T>();
        var now = _time.GetUtcNow().UtcDateTime;
        var text = message.Length <= LongestMessage ? message : message[..LongestMessage];
        _waiting.Writer.TryWrite(
            new Corev1Event
            {
                Metadata = new V1ObjectMeta
                {
                    Name = Name(entity.Metadata, reason, text, type),
                    NamespaceProperty = entity.Metadata.NamespaceProperty ?? "default",
                },
                InvolvedObject = new V1ObjectReference
                {
                    ApiVersion = kind.ApiVersion,
                    Kind = kind.Kind,
                    Name = entity.Metadata.Name,
                    NamespaceProperty = entity.Metadata.NamespaceProperty,
                    Uid = entity.Metadata.Uid,
                    ResourceVersion = entity.Metadata.ResourceVersion,
                },
                Type = type.ToString(),
                Reason = reason,
                Message = text,
                Source = new V1EventSource { Component = _component },
                FirstTimestamp = now,
                LastTimestamp = now,
                Count = 1,
            }
        );
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var waiting in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(waiting, stoppingToken);
                KubeMetrics.Events.WithLabels("written").Inc();
            }
            catch (KubeException exception)
            {
                KubeMetrics.Events.WithLabels("failed").Inc();
                Log.Failed(_logger, waiting.Reason, waiting.InvolvedObject.Name, exception.Message);
            }
        }
    }

    private static string Name(V1ObjectMeta about, string reason, string message, EventType type)
    {
        var content = $"{about.Uid}\n{type}\n{reason}\n{message}";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        return $"{about.Name[..Math.Min(about.Name.Length, 200)]}.{hash[..16]}";
    }

    private async Task WriteAsync(Corev1Event waiting, CancellationToken token)
    {
        try
        {
            await _client.CreateAsync(waiting, _component, token);
        }
        catch (KubeException exception) when (exception.IsAlreadyExists)
        {
            var key = ObjectKey.Of(waiting);
            var known = await _client.GetAsync<Corev1Event>(key, token);
            var change = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["count"] = (known?.Count ?? 1) + 1,
                ["lastTimestamp"] = waiting.LastTimestamp!,
            };
            var patch = new V1Patch(change, V1Patch.PatchType.MergePatch);
            await _client.PatchAsync<Corev1Event>(key, patch, _component, subresource: null, token);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Cannot publish event {Reason} of {Object}: {Problem}")]
        public static partial void Failed(ILogger logger, string reason, string @object, string problem);
    }
}
