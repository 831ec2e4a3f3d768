from tortoise import migrations
from tortoise.migrations import operations as ops
from models.clock import now
from models.delivery import Category
from models.ids import new_id, new_key
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
    ]
