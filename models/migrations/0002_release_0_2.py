from tortoise import migrations
from tortoise.migrations import operations as ops
from models.clock import now
from models.consent import Capacity, ConsentEvent, ConsentState, Purpose
from models.delivery import Category
from models.guardian import Tie
from models.ids import new_id, new_key
from models.post import About
from models.review import ReviewCause, ReviewState
from models.withdrawal import WithdrawalState
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Bookmark',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='bookmarks', on_delete=OnDelete.CASCADE)),
                ('post', fields.ForeignKeyField('models.Post', source_field='post_id', db_constraint=True, to_field='id', related_name='bookmarks', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'bookmark', 'app': 'models', 'unique_together': (('owner', 'post'),), 'indexes': [Index(fields=['owner_id', 'id']), Index(fields=['post_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ClientApp',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('key', fields.CharField(default=new_key, unique=True, max_length=22)),
                ('secret_digest', fields.CharField(default='', db_default='', max_length=64)),
                ('name', fields.CharField(max_length=100)),
                ('website', fields.CharField(default='', db_default='', max_length=500)),
                ('redirect_uris', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('scopes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'client_app', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='AuthorizationCode',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('token_digest', fields.CharField(unique=True, max_length=64)),
                ('app', fields.ForeignKeyField('models.ClientApp', source_field='app_id', db_constraint=True, to_field='id', related_name='codes', on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('models.Member', source_field='member_id', db_constraint=True, to_field='id', related_name='codes', on_delete=OnDelete.CASCADE)),
                ('redirect_uri', fields.CharField(max_length=2000)),
                ('scopes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('challenge', fields.CharField(default='', db_default='', max_length=128)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'authorization_code', 'app': 'models', 'indexes': [Index(fields=['app_id']), Index(fields=['member_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='AccessToken',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('token_digest', fields.CharField(unique=True, max_length=64)),
                ('app', fields.ForeignKeyField('models.ClientApp', source_field='app_id', db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.CASCADE)),
                ('member', fields.ForeignKeyField('models.Member', source_field='member_id', null=True, db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.CASCADE)),
                ('code', fields.ForeignKeyField('models.AuthorizationCode', source_field='code_id', null=True, db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.SET_NULL)),
                ('scopes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('used_on', fields.DateField(null=True)),
            ],
            options={'table': 'access_token', 'app': 'models', 'indexes': [Index(fields=['app_id']), Index(fields=['member_id']), Index(fields=['code_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ConsentText',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'consent_text', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ConversationMark',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='conversation_marks', on_delete=OnDelete.CASCADE)),
                ('conversation', fields.CharField(max_length=500)),
                ('read_id', fields.BigIntField(default=0, db_default=0)),
                ('hidden_id', fields.BigIntField(default=0, db_default=0)),
            ],
            options={'table': 'conversation_mark', 'app': 'models', 'unique_together': (('owner', 'conversation'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('uri', fields.CharField(unique=True, max_length=500)),
                ('sender_uri', fields.CharField(max_length=500)),
                ('digest', fields.CharField(max_length=64)),
                ('count', fields.IntField()),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'erasure_request', 'app': 'models', 'indexes': [Index(fields=['answered_at'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='FeaturedTag',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='featured_tags', on_delete=OnDelete.CASCADE)),
                ('name', fields.CharField(max_length=100)),
            ],
            options={'table': 'featured_tag', 'app': 'models', 'unique_together': (('owner', 'name'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Filter',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='filters', on_delete=OnDelete.CASCADE)),
                ('title', fields.CharField(max_length=200)),
                ('contexts', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('action', fields.CharField(default='warn', db_default='warn', max_length=8)),
                ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'filter', 'app': 'models', 'indexes': [Index(fields=['owner_id', 'id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='FilterKeyword',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('rule', fields.ForeignKeyField('models.Filter', source_field='rule_id', db_constraint=True, to_field='id', related_name='keywords', on_delete=OnDelete.CASCADE)),
                ('keyword', fields.CharField(max_length=200)),
                ('whole_word', fields.BooleanField(default=False, db_default=False)),
            ],
            options={'table': 'filter_keyword', 'app': 'models', 'indexes': [Index(fields=['rule_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='FilteredPost',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('rule', fields.ForeignKeyField('models.Filter', source_field='rule_id', db_constraint=True, to_field='id', related_name='posts', on_delete=OnDelete.CASCADE)),
                ('post', fields.ForeignKeyField('models.Post', source_field='post_id', db_constraint=True, to_field='id', related_name='filtered', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'filtered_post', 'app': 'models', 'unique_together': (('rule', 'post'),), 'indexes': [Index(fields=['post_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='FollowedTag',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='followed_tags', on_delete=OnDelete.CASCADE)),
                ('name', fields.CharField(max_length=100)),
            ],
            options={'table': 'followed_tag', 'app': 'models', 'unique_together': (('owner', 'name'),), 'indexes': [Index(fields=['owner_id', 'id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Guardianship',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('guardian', fields.ForeignKeyField('models.Actor', source_field='guardian_id', db_constraint=True, to_field='id', related_name='guards', on_delete=OnDelete.CASCADE)),
                ('subject', fields.ForeignKeyField('models.Actor', source_field='subject_id', db_constraint=True, to_field='id', related_name='guarded_by', on_delete=OnDelete.CASCADE)),
                ('tie', fields.CharEnumField(default=Tie.PARENT, enum_type=Tie, max_length=16)),
                ('may_view', fields.BooleanField(default=True, db_default=True)),
                ('may_write', fields.BooleanField(default=False, db_default=False)),
                ('may_consent', fields.BooleanField(default=False, db_default=False)),
                ('made_by_id', fields.BigIntField(null=True)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'guardianship', 'app': 'models', 'indexes': [Index(fields=['guardian_id']), Index(fields=['subject_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Marker',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='markers', on_delete=OnDelete.CASCADE)),
                ('timeline', fields.CharField(max_length=16)),
                ('last_read_id', fields.BigIntField()),
                ('version', fields.IntField(default=1, db_default=1)),
                ('updated_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'marker', 'app': 'models', 'unique_together': (('owner', 'timeline'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='NotificationPolicy',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.OneToOneField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='notification_policy', on_delete=OnDelete.CASCADE)),
                ('not_following', fields.CharField(default='accept', db_default='accept', max_length=6)),
                ('not_followers', fields.CharField(default='accept', db_default='accept', max_length=6)),
                ('new_accounts', fields.CharField(default='accept', db_default='accept', max_length=6)),
                ('private_mentions', fields.CharField(default='accept', db_default='accept', max_length=6)),
                ('limited_accounts', fields.CharField(default='accept', db_default='accept', max_length=6)),
            ],
            options={'table': 'notification_policy', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='NotificationSender',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='notification_senders', on_delete=OnDelete.CASCADE)),
                ('sender', fields.ForeignKeyField('models.Actor', source_field='sender_id', db_constraint=True, to_field='id', related_name='judged_as_sender', on_delete=OnDelete.CASCADE)),
                ('is_accepted', fields.BooleanField(default=False, db_default=False)),
                ('dismissed_id', fields.BigIntField(default=0, db_default=0)),
            ],
            options={'table': 'notification_sender', 'app': 'models', 'unique_together': (('owner', 'sender'),), 'indexes': [Index(fields=['sender_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='PeopleList',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='people_lists', on_delete=OnDelete.CASCADE)),
                ('title', fields.CharField(max_length=200)),
                ('replies', fields.CharField(default='list', db_default='list', max_length=10)),
                ('is_exclusive', fields.BooleanField(default=False, db_default=False)),
            ],
            options={'table': 'people_list', 'app': 'models', 'indexes': [Index(fields=['owner_id', 'id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ListedPerson',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('people_list', fields.ForeignKeyField('models.PeopleList', source_field='people_list_id', db_constraint=True, to_field='id', related_name='people', on_delete=OnDelete.CASCADE)),
                ('actor', fields.ForeignKeyField('models.Actor', source_field='actor_id', db_constraint=True, to_field='id', related_name='listed', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'listed_person', 'app': 'models', 'unique_together': (('people_list', 'actor'),), 'indexes': [Index(fields=['actor_id']), Index(fields=['people_list_id', 'id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='PushKey',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('private_pem', fields.TextField(unique=False)),
            ],
            options={'table': 'push_key', 'app': 'models', 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('token', fields.OneToOneField('models.AccessToken', source_field='token_id', db_constraint=True, to_field='id', related_name='push_subscription', on_delete=OnDelete.CASCADE)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='push_subscriptions', on_delete=OnDelete.CASCADE)),
                ('endpoint', fields.CharField(max_length=2000)),
                ('public_key', fields.CharField(max_length=100)),
                ('secret', fields.CharField(max_length=32)),
                ('is_standard', fields.BooleanField(default=False, db_default=False)),
                ('alerts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('policy', fields.CharField(default='all', db_default='all', max_length=10)),
                ('failures', fields.IntField(default=0, db_default=0)),
            ],
            options={'table': 'push_subscription', 'app': 'models', 'indexes': [Index(fields=['owner_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='OutgoingPush',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('subscription', fields.ForeignKeyField('models.PushSubscription', source_field='subscription_id', db_constraint=True, to_field='id', related_name='waiting', on_delete=OnDelete.CASCADE)),
                ('notification', fields.ForeignKeyField('models.Notification', source_field='notification_id', db_constraint=True, to_field='id', related_name='pushes', on_delete=OnDelete.CASCADE)),
                ('attempts', fields.IntField(default=0, db_default=0)),
                ('due_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'outgoing_push', 'app': 'models', 'indexes': [Index(fields=['due_at', 'id']), Index(fields=['subscription_id']), Index(fields=['notification_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='QuietConversation',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='quiet_conversations', on_delete=OnDelete.CASCADE)),
                ('conversation', fields.CharField(max_length=500)),
            ],
            options={'table': 'quiet_conversation', 'app': 'models', 'unique_together': (('owner', 'conversation'),), 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Remark',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='remarks', on_delete=OnDelete.CASCADE)),
                ('target', fields.ForeignKeyField('models.Actor', source_field='target_id', db_constraint=True, to_field='id', related_name='remarks_by', on_delete=OnDelete.CASCADE)),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'remark', 'app': 'models', 'unique_together': (('owner', 'target'),), 'indexes': [Index(fields=['target_id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('post', fields.OneToOneField('models.Post', source_field='post_id', db_constraint=True, to_field='id', related_name='review', on_delete=OnDelete.CASCADE)),
                ('cause', fields.CharEnumField(enum_type=ReviewCause, max_length=24)),
                ('words', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharEnumField(default=ReviewState.WAITING, enum_type=ReviewState, max_length=16)),
                ('reason', fields.CharField(default='', db_default='', max_length=500)),
                ('decided_by_id', fields.BigIntField(null=True)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'review', 'app': 'models', 'indexes': [Index(fields=['state', 'id'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='ScheduledPost',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='scheduled_posts', on_delete=OnDelete.CASCADE)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('given', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'scheduled_post', 'app': 'models', 'indexes': [Index(fields=['owner_id', 'id']), Index(fields=['due_at'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='SentOnce',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('owner', fields.ForeignKeyField('models.Actor', source_field='owner_id', db_constraint=True, to_field='id', related_name='sent_once', on_delete=OnDelete.CASCADE)),
                ('digest', fields.CharField(max_length=64)),
                ('made_id', fields.BigIntField()),
            ],
            options={'table': 'sent_once', 'app': 'models', 'unique_together': (('owner', 'digest'),), 'indexes': [Index(fields=['created_at'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', fields.BigIntField(primary_key=True, generated=False, default=new_id, unique=True, db_index=True)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('key', fields.CharField(default=new_key, unique=True, max_length=22)),
                ('actor', fields.ForeignKeyField('models.Actor', source_field='actor_id', db_constraint=True, to_field='id', related_name='withdrawals', on_delete=OnDelete.CASCADE)),
                ('consent_id', fields.BigIntField(null=True)),
                ('purpose', fields.CharEnumField(enum_type=Purpose, max_length=8)),
                ('host', fields.CharField(max_length=255)),
                ('object_uris', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharEnumField(default=WithdrawalState.PENDING, enum_type=WithdrawalState, max_length=16)),
                ('asked_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('delivered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answer', fields.TextField(default='', db_default='', unique=False)),
            ],
            options={'table': 'withdrawal', 'app': 'models', 'indexes': [Index(fields=['actor_id', 'id']), Index(fields=['state', 'asked_at']), Index(fields=['host', 'state'])], 'pk_attr': 'id'},
            bases=['Record'],
        ),
        ops.AddField(
            model_name='ActorKey',
            name='changed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='AuditEntry',
            index=Index(fields=['target', 'id']),
        ),
        ops.AddField(
            model_name='Community',
            name='health_words',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Community',
            name='reviews_others',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='acted_by_id',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='audience',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='capacity',
            field=fields.CharEnumField(null=True, enum_type=Capacity, max_length=16),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='categories',
            field=fields.CharField(default='', db_default='', max_length=400),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='controllers',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='event',
            field=fields.CharEnumField(null=True, enum_type=ConsentEvent, max_length=16),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='hash',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='jurisdiction',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='key',
            field=fields.CharField(null=True, unique=True, max_length=22),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='key_uri',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='notice',
            field=fields.CharField(default='', db_default='', max_length=60),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='previous_hash',
            field=fields.CharField(null=True, unique=True, max_length=64),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='recipients',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='retention',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='schema_version',
            field=fields.CharField(default='27560:2023/dazzle-1', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='scope',
            field=fields.CharField(default='', db_default='', max_length=100),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='signature',
            field=fields.CharField(default='', db_default='', max_length=128),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='state',
            field=fields.CharEnumField(null=True, enum_type=ConsentState, max_length=16),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='storage_place',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='subject',
            field=fields.CharField(default='', db_default='', max_length=22),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='valid_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='ConsentRecord',
            name='withdrawal_method',
            field=fields.CharField(default='', db_default='', max_length=300),
        ),
        ops.AddIndex(
            model_name='ConsentRecord',
            index=Index(fields=['valid_until']),
        ),
        ops.AddField(
            model_name='Host',
            name='quarantined_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Host',
            name='read_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Host',
            name='silent_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Host',
            name='takes_withdrawals',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Mute',
            name='ends_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Mute',
            name='hides_notices',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddIndex(
            model_name='Mute',
            index=Index(fields=['ends_at']),
        ),
        ops.AddField(
            model_name='Poll',
            name='told_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='Poll',
            index=Index(fields=['told_at', 'closes_at']),
        ),
        ops.AddField(
            model_name='Post',
            name='about',
            field=fields.CharEnumField(default=About.UNSAID, db_default='', enum_type=About, max_length=16),
        ),
        ops.AddField(
            model_name='Post',
            name='about_agrees',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Post',
            name='context_uri',
            field=fields.CharField(default='', db_default='', max_length=500),
        ),
        ops.AddField(
            model_name='Post',
            name='expires_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Post',
            name='written_by',
            field=fields.ForeignKeyField('models.Actor', source_field='written_by_id', null=True, db_constraint=True, to_field='id', related_name='written_for', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddIndex(
            model_name='Post',
            index=Index(fields=['expires_at']),
        ),
        ops.AddField(
            model_name='Report',
            name='assigned_to',
            field=fields.ForeignKeyField('models.Actor', source_field='assigned_to_id', null=True, db_constraint=True, to_field='id', related_name='reports_assigned', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Report',
            name='category',
            field=fields.CharEnumField(default=Category.OTHER, db_default='other', enum_type=Category, max_length=12),
        ),
        ops.AddField(
            model_name='Report',
            name='changed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Report',
            name='closed_by',
            field=fields.ForeignKeyField('models.Actor', source_field='closed_by_id', null=True, db_constraint=True, to_field='id', related_name='reports_closed', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Report',
            name='forwarded_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Report',
            name='reporter',
            field=fields.ForeignKeyField('models.Actor', source_field='reporter_id', null=True, db_constraint=True, to_field='id', related_name='reports_made', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Report',
            name='rules',
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Session',
            name='acting_for_id',
            field=fields.BigIntField(null=True),
        ),
    ]
